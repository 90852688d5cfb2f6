import { type FormEvent, useId } from 'react'
import { type ApplicationFacts, CLASSES, type LicenceClass } from '../data/application.js'

export interface FactsFormProps {
  readonly facts: ApplicationFacts
  readonly action: string
  /** What is missing; shown once it was tried without. */
  readonly missing: string | undefined
  readonly isBusy: boolean
  readonly onChange: (facts: Partial<ApplicationFacts>) => void
  readonly onSubmit: () => void
  readonly onCancel: () => void
}

/** What the applicant says, to be filled in. */
export function FactsForm(props: FactsFormProps) {
  const { facts, action, missing, isBusy, onChange, onSubmit, onCancel } = props
  const id = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isBusy) onSubmit()
  }
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <label htmlFor={`${id}-name`}>Full name</label>
      <input
        id={`${id}-name`}
        className="field"
        value={facts.name}
        maxLength={120}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the form is what the dialog was opened for
        autoFocus
        onChange={event => onChange({ name: event.target.value })}
      />
      <div className="stack-row">
        <div className="stack">
          <label htmlFor={`${id}-born`}>Born</label>
          <input
            id={`${id}-born`}
            className="field"
            type="date"
            value={facts.born}
            onChange={event => onChange({ born: event.target.value })}
          />
        </div>
        <div className="stack">
          <label htmlFor={`${id}-licence`}>Class</label>
          <select
            id={`${id}-licence`}
            className="field"
            value={facts.licence}
            onChange={event => onChange({ licence: toClass(event.target.value) })}
          >
            {CLASSES.map(each => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </div>
      </div>
      <label htmlFor={`${id}-address`}>Address</label>
      <textarea
        id={`${id}-address`}
        className="field"
        rows={2}
        maxLength={400}
        value={facts.address}
        onChange={event => onChange({ address: event.target.value })}
      />
      <p className="missing" role="alert">
        {missing}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" disabled={isBusy}>
          {action}
        </button>
      </div>
    </form>
  )
}

function toClass(value: string): LicenceClass {
  return CLASSES.find(each => each === value) ?? 'B'
}
