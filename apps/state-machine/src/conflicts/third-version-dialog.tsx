import type { Conflict, Stored } from '@firekeep/core'
import { type FormEvent, useId, useState } from 'react'
import type { Application } from '../data/application.js'
import { STATE_LABELS } from '../data/application-state.js'
import type { OfficeDocument } from '../data/office-document.js'
import { Dialog } from '../ui/dialog.js'
import { statesOf, type ThirdVersion, thirdVersion } from './third-version.js'

export interface ThirdVersionDialogProps {
  readonly conflict: Conflict<OfficeDocument>
  /** Gets what was written, and the conflict as it was when it was begun. */
  readonly onSettle: (document: Stored<Application>, seen: Conflict<OfficeDocument>) => void
  readonly onClose: () => void
}

/** Settles a conflict by what none of the versions says. */
export function ThirdVersionDialog({ conflict: now, onSettle, onClose }: ThirdVersionDialogProps) {
  const id = useId()
  const [conflict] = useState(now)
  const [written, setWritten] = useState<ThirdVersion>({})
  const document = thirdVersion(conflict, written)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (document !== undefined) onSettle(document, conflict)
  }
  return (
    <Dialog title="Write a third version" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label htmlFor={`${id}-state`}>State</label>
        <select
          id={`${id}-state`}
          className="field"
          value={document?.state}
          onChange={event => {
            const state = statesOf(conflict).find(each => each === event.target.value)
            if (state !== undefined) setWritten({ ...written, state })
          }}
        >
          {statesOf(conflict).map(state => (
            <option key={state} value={state}>
              {STATE_LABELS[state]}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-name`}>Name</label>
        <input
          id={`${id}-name`}
          className="field"
          value={document?.name ?? ''}
          onChange={event => setWritten({ ...written, name: event.target.value })}
        />
        <label htmlFor={`${id}-address`}>Address</label>
        <textarea
          id={`${id}-address`}
          className="field"
          rows={2}
          value={document?.address ?? ''}
          onChange={event => setWritten({ ...written, address: event.target.value })}
        />
        <label htmlFor={`${id}-remark`}>Remark</label>
        <textarea
          id={`${id}-remark`}
          className="field"
          rows={2}
          value={document?.remark ?? ''}
          onChange={event => setWritten({ ...written, remark: event.target.value })}
        />
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary">
            Settle
          </button>
        </div>
      </form>
    </Dialog>
  )
}
