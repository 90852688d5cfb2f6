import { type FormEvent, useId, useState } from 'react'
import type { Step } from '../data/step.js'
import { Dialog } from '../ui/dialog.js'

export interface RemarkDialogProps {
  readonly step: Step
  readonly onSubmit: (remark: string) => void
  readonly onClose: () => void
}

/** Asks for the reason of a step that stops an application. */
export function RemarkDialog({ step, onSubmit, onClose }: RemarkDialogProps) {
  const id = useId()
  const [remark, setRemark] = useState('')
  const isEmpty = remark.trim() === ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isEmpty) onSubmit(remark.trim())
  }
  return (
    <Dialog title={step.label} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label htmlFor={id}>Reason</label>
        <textarea
          id={id}
          className="field"
          rows={3}
          maxLength={400}
          value={remark}
          autoFocus
          onChange={event => setRemark(event.target.value)}
        />
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-grave" disabled={isEmpty}>
            {step.label}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
