import { useHistory } from '@firekeep/react'
import { useContext } from 'react'
import type { OfficeDocument } from '../data/office-document.js'
import { timelineOf } from '../data/timeline.js'
import { MomentContext } from '../time/moment-context.js'
import { Failure } from '../ui/failure.js'
import { TimelineItem } from './timeline-item.js'

const PAGE = 30

/** Who did what with the application, newest first. It is the whole story, also while the past is shown. */
export function Timeline({ id }: { readonly id: string }) {
  const moment = useContext(MomentContext)
  const { versions, error, hasMore, loadMore } = useHistory<OfficeDocument>(id, { limit: PAGE })
  // What the oldest that is loaded changed is told by the one before it.
  const entries = timelineOf(versions).slice(0, hasMore ? -1 : undefined)
  return (
    <section className="card" aria-label="Timeline">
      <div className="card-head">
        <h3>Timeline</h3>
      </div>
      <ol className="timeline">
        {entries.map(entry => (
          <TimelineItem
            key={entry.key}
            id={id}
            entry={entry}
            isOutside={entry.version.clock.some(cid => moment?.outside.has(cid))}
          />
        ))}
      </ol>
      {hasMore && (
        <button type="button" className="button button-small" onClick={loadMore}>
          Earlier
        </button>
      )}
      {error !== undefined && <Failure title="The timeline cannot be read" error={error} />}
    </section>
  )
}
