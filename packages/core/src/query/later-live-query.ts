import { FirekeepError } from '../errors.js'
import { Emitter } from '../primitives/emitter.js'
import type { PlainDocument } from '../state/stored-document.js'
import { LOADING, toLiveError } from './live-state.js'
import type { LiveQuery, LiveSnapshot } from './query-types.js'

type Live = LiveQuery<PlainDocument>
type Snapshot = LiveSnapshot<PlainDocument>

/** Hears once of what is loaded, or of what hinders that; after a failure it may hear once more. */
export interface LiveLoading {
  readonly loaded: (live: Live) => void
  readonly failed: (cause: unknown) => void
}

/**
 * A live query whose code is not here yet: it loads at the first subscription and then runs as {@link LiveQuery}
 * says. Where loading fails it shows the error; `load` is called again at the next subscription.
 */
export function createLaterLiveQuery(load: (loading: LiveLoading) => void): Live {
  const early = new Emitter<Snapshot>()
  /** What each subscription listens to by now. */
  const following = new Set<(live: Live) => void>()
  let snapshot: Snapshot = LOADING
  let live: Live | undefined
  let isLoading = false
  let isClosed = false
  const show = (next: Snapshot) => {
    snapshot = Object.freeze(next)
    early.emit(snapshot)
  }
  const failed = (cause: unknown) => {
    isLoading = false
    if (!isClosed) show({ ...snapshot, status: 'error', error: toLiveError(cause) })
  }
  const loaded = (found: Live) => {
    if (live !== undefined || isClosed) return
    live = found
    for (const follow of following) follow(found)
  }
  const start = () => {
    if (isLoading) return
    isLoading = true
    load({ loaded, failed })
  }
  return {
    subscribe(listener) {
      if (isClosed) throw new FirekeepError('CLOSED', 'this live query was closed; make a new one')
      if (live !== undefined) return live.subscribe(listener)
      let stop = early.subscribe(listener)
      const follow = (found: Live) => {
        stop()
        stop = found.subscribe(listener)
      }
      following.add(follow)
      start()
      return () => {
        following.delete(follow)
        stop()
      }
    },
    getSnapshot: () => live?.getSnapshot() ?? snapshot,
    close: () => {
      isClosed = true
      live?.close()
    },
  }
}
