import type { Fields } from './edits.js'

/** What a form's `onSubmit` is called with, by React or by the browser. */
export interface SubmitEventLike {
  readonly currentTarget: EventTarget | null
  preventDefault(): void
}

/**
 * What a form says about a document, as fields to merge.
 *
 * A name that occurs several times gives a list. Where the document holds a number or a boolean, the text of the
 * form becomes one (an emptied number field is taken out; text that is no number stays text, for the app to
 * see). Left out: names that start with `_` or `$` (ids, and what React adds), and file inputs, empty or not.
 */
export function formFields(data: FormData, shown: Fields | undefined): Fields {
  const fields = new Map<string, unknown>()
  for (const name of new Set(data.keys())) {
    if (name.startsWith('_') || name.startsWith('$')) continue
    const texts = data.getAll(name).filter(entry => typeof entry === 'string')
    const known = shown !== undefined && Object.hasOwn(shown, name) ? shown[name] : undefined
    if (texts.length > 0) fields.set(name, fieldValue(texts, known))
  }
  return Object.fromEntries(fields)
}

/** The same for a submitted form, which also knows which of its checkboxes are not ticked. */
export function eventFields(event: SubmitEventLike, shown: Fields | undefined): Fields {
  const form = event.currentTarget
  if (!(form instanceof HTMLFormElement)) return {}
  return { ...untickedFields(form, shown), ...formFields(new FormData(form), shown) }
}

function fieldValue(texts: readonly string[], known: unknown): unknown {
  if (Array.isArray(known)) return texts
  const [text = ''] = texts
  if (texts.length > 1) return texts
  if (typeof known === 'number') return numberOf(text)
  if (typeof known === 'boolean') return text !== 'false'
  return text
}

function numberOf(text: string): number | string | undefined {
  if (text.trim() === '') return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

/** A form sends nothing at all for a checkbox that is not ticked. */
function untickedFields(form: HTMLFormElement, shown: Fields | undefined): Fields {
  const boxes = form.querySelectorAll<HTMLInputElement>('input[type="checkbox"][name]:not(:checked)')
  const names = [...boxes].map(box => box.name).filter(name => typeof shown?.[name] === 'boolean')
  return Object.fromEntries(names.map(name => [name, false]))
}
