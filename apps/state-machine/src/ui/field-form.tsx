import { type FormEvent, useId } from 'react'

export interface FieldFormProps {
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly action: string
  readonly isBusy?: boolean
  readonly maxLength?: number
  readonly onChange: (value: string) => void
  readonly onSubmit: () => void
  /** Without it there is nothing to cancel. */
  readonly onCancel?: () => void
}

const LONGEST = 80

/** One line of text to fill in, and its button. Nothing but spaces is not sent. */
export function FieldForm(props: FieldFormProps) {
  const id = useId()
  const isEmpty = props.value.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isEmpty && !props.isBusy) props.onSubmit()
  }
  return (
    <form className="field-form" onSubmit={submit}>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="field"
        value={props.value}
        placeholder={props.placeholder}
        maxLength={props.maxLength ?? LONGEST}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the form is what the page or dialog was opened for
        autoFocus
        onChange={event => props.onChange(event.target.value)}
      />
      <div className="actions">
        {props.onCancel && (
          <button type="button" className="button" onClick={props.onCancel}>
            Cancel
          </button>
        )}
        <button type="submit" className="button button-primary" disabled={isEmpty || props.isBusy}>
          {props.action}
        </button>
      </div>
    </form>
  )
}
