import { syncText } from './sync-text.js'
import { useCalmSync } from './use-calm-sync.js'

/** How this device stands with the others, in a few words. */
export function SyncNote() {
  const { sync, state, isWaiting } = useCalmSync()
  const said = syncText(sync, state, isWaiting)
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
