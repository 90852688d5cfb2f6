import { usePageTitle } from '../device/use-page-title.js'
import { useMoment } from '../time/use-moment.js'
import { Failure } from '../ui/failure.js'
import { ConflictCard } from './conflict-card.js'
import { useOpenConflicts } from './use-open-conflicts.js'

/** What was decided differently by people who did not know of each other. */
export function ConflictsPage() {
  usePageTitle('Conflicts')
  const { conflicts, hydrated, error } = useOpenConflicts()
  const isPast = useMoment() !== undefined
  return (
    <main className="page-pane">
      <div className="page-head">
        <h2>Conflicts</h2>
        <p className="hint">
          Who works offline may decide what others decide differently. Nothing is lost then: all see the same
          version, and the others wait here until somebody chooses.
        </p>
      </div>
      {isPast && <p className="hint">These are the conflicts of now, whatever moment is shown.</p>}
      {error !== undefined && <Failure title="The conflicts cannot be read" error={error} />}
      {hydrated && conflicts.length === 0 && (
        <div className="pane-empty">
          <p className="empty-title">All agree.</p>
          <p>Nothing was decided twice.</p>
        </div>
      )}
      <ul className="conflicts">
        {conflicts.map(conflict => (
          <ConflictCard key={conflict.id} conflict={conflict} />
        ))}
      </ul>
    </main>
  )
}
