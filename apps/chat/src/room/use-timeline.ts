import { useRoomQuery } from '../data/room-hooks.js'
import { useLastHydrated } from '../device/use-last-hydrated.js'
import { END_OF_TIME, type TimelineView } from './timeline-view.js'

const COUNTED = 100

/** The messages of a view, oldest first, and what lies around it. */
export function useTimeline({ until, limit }: TimelineView) {
  const part =
    until === undefined ? { prefix: ['sent'] as const } : { range: [['sent'], ['sent', until]] as const }
  // One more than is shown tells whether there are older ones.
  const found = useLastHydrated(
    useRoomQuery(['state', 'at'], { ...part, descending: true, limit: limit + 1 }),
  )
  const later = useRoomQuery(['state', 'at'], {
    range: [
      ['sent', until ?? END_OF_TIME],
      ['sent', END_OF_TIME],
    ],
    includeDocs: false,
    limit: COUNTED,
  })
  return {
    messages: found.docs
      .slice(0, limit)
      .filter(doc => doc.state === 'sent')
      .reverse(),
    hasOlder: found.docs.length > limit,
    newerCount: later.rows.filter(({ key }) => until !== undefined && key[1] > until).length,
    hydrated: found.hydrated,
    error: found.error,
  }
}
