import { isSameValue } from '../source/is-same-value.js'
import { copyValue } from './copy-value.js'

/** The fields of a document, whatever its type. */
export type Fields = Readonly<Record<string, unknown>>

/** One field that was changed and is not saved. */
export interface Edit {
  /** The new value; `undefined` takes the field out. */
  readonly value: unknown
  /** What was stored in this field when it was first changed. */
  readonly over: unknown
}

/** What is changed and not saved, by field. Immutable. */
export type Edits = ReadonlyMap<string, Edit>

export const NO_EDITS: Edits = new Map()

/** `edits` with the fields of `patch` on top. The `_id` is no field to edit. */
export function editFields(edits: Edits, patch: Fields, stored: Fields | undefined): Edits {
  const next = new Map(edits)
  for (const [field, value] of Object.entries(patch)) {
    // Later strokes on a field stay edits of what was stored before the first: its author saw only his own.
    const over = next.has(field) ? next.get(field)?.over : fieldOf(stored, field)
    if (field !== '_id') next.set(field, { value: copyValue(value), over })
  }
  return next
}

/** The patch that makes of `shown` the document `wanted`: fields that are not in it are taken out. */
export function patchTowards(wanted: Fields, shown: Fields | undefined): Fields {
  const gone = Object.keys(shown ?? {}).filter(field => !Object.hasOwn(wanted, field))
  return { ...Object.fromEntries(gone.map(field => [field, undefined])), ...wanted }
}

/** Without the edits that change nothing, as they say what `shown` says. */
export function withoutIdleEdits(edits: Edits, shown: Fields | undefined): Edits {
  return keepEdits(edits, (edit, field) => !isSameValue(edit.value, fieldOf(shown, field)))
}

/** Without what `saved` has saved; a field that was changed again since stays, as an edit of the saved value. */
export function withoutSavedEdits(edits: Edits, saved: Edits): Edits {
  const left = new Map<string, Edit>()
  for (const [field, edit] of edits) {
    const done = saved.get(field)
    if (done === undefined) left.set(field, edit)
    else if (!Object.is(done.value, edit.value)) left.set(field, { value: edit.value, over: done.value })
  }
  return left
}

/** The same edits, made over `stored`: for edits from before the document was read. */
export function editsOver(edits: Edits, stored: Fields | undefined): Edits {
  return new Map([...edits].map(([field, { value }]) => [field, { value, over: fieldOf(stored, field) }]))
}

/** Whether somebody else changed a field that is edited here, to something else. */
export function isContested(edits: Edits, stored: Fields | undefined): boolean {
  for (const [field, { value, over }] of edits) {
    const now = fieldOf(stored, field)
    if (!isSameValue(now, over) && !isSameValue(now, value)) return true
  }
  return false
}

/** `fields` with the edits on top. */
export function applyEdits(fields: Fields | undefined, edits: Edits): Fields {
  const result = new Map(Object.entries(fields ?? {}))
  for (const [field, { value }] of edits) {
    if (value === undefined) result.delete(field)
    else result.set(field, value)
  }
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries(result)
}

/** Own fields only: a document may lack a field called `constructor`. */
function fieldOf(fields: Fields | undefined, field: string): unknown {
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : undefined
}

function keepEdits(edits: Edits, isKept: (edit: Edit, field: string) => boolean): Edits {
  const kept = new Map([...edits].filter(([field, edit]) => isKept(edit, field)))
  return kept.size === edits.size ? edits : kept
}
