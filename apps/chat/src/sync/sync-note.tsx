import type { Database } from '@firekeep/core'
import { syncText } from './sync-text.js'
import { useCalmSync } from './use-calm-sync.js'

export interface SyncNoteProps<D extends object> {
  /** Without it the nearest one. */
  readonly database?: Database<D>
  /** How many messages are on this device alone. */
  readonly waiting?: number
}

/** What there is to say of the way to the others, in a few words; nothing while all is well. */
export function SyncNote<D extends object>({ database, waiting = 0 }: SyncNoteProps<D>) {
  const { sync, state } = useCalmSync(database, waiting > 0)
  const said = syncText(sync, state, waiting)
  return (
    <p className="sync-note" role="status" data-state={state} data-grave={said?.isGrave || undefined}>
      {said && (
        <span key={state} className="sync-said" title={said.text}>
          <i className="sync-dot" aria-hidden="true" />
          <span className="sync-text">{said.text}</span>
          {said.detail && <span aria-hidden="true">{said.detail}</span>}
        </span>
      )}
    </p>
  )
}
