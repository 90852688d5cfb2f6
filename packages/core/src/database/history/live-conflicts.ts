import { FirekeepError } from '../../errors.js'
import { Emitter, reportUncaught } from '../../primitives/emitter.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { Engine } from '../engine.js'
import type { LiveConflicts } from './conflict-types.js'
import type { LiveConflictList } from './live-conflict-list.js'

/** The conflicts of a database while somebody listens; what keeps them is loaded then. */
export function liveConflicts(
  engine: Engine,
  endWithHandle: (end: () => void) => () => void,
): LiveConflicts<PlainDocument> {
  const changed = new Emitter<void>()
  let list: Promise<LiveConflictList> | undefined
  let loaded: LiveConflictList | undefined
  let isClosed = false
  /** Starts or stops it, whatever is wanted once it is there. */
  const follow = () => {
    list ??= import('../versions-part.js').then(
      ({ VERSIONS_PART }) => new VERSIONS_PART.LiveConflictList(engine, () => changed.emit()),
    )
    list.then(found => {
      loaded = found
      if (changed.isObserved && !isClosed) found.start()
      else found.stop()
    }, reportUncaught)
  }
  return {
    getSnapshot: () => loaded?.snapshot,
    getError: () => loaded?.error,
    subscribe: listener => {
      if (isClosed) throw new FirekeepError('CLOSED', 'these live conflicts were closed; make new ones')
      let stop = () => {}
      const end = endWithHandle(() => {
        stop()
        follow()
      })
      stop = changed.subscribe(listener)
      follow()
      return end
    },
    close: () => {
      isClosed = true
      follow()
    },
  }
}
