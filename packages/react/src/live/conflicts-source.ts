import type { AnyDocument, Conflict, Database, FirekeepError, LiveConflicts } from '@firekeep/core'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'

export interface ConflictsState<D extends object = AnyDocument> {
  /** In id order; shared and frozen. One that did not change stays the same object. */
  readonly conflicts: readonly Conflict<D>[]
  /** `loading`: not read yet. `error`: see `error`; what was read before stays. */
  readonly status: 'loading' | 'ready' | 'error'
  /** Whether they were read at all: only then does an empty list mean that there are none. */
  readonly hydrated: boolean
  readonly error: FirekeepError | undefined
}

const LOADING: ConflictsState = Object.freeze({
  conflicts: Object.freeze([]),
  status: 'loading',
  hydrated: false,
  error: undefined,
})

/** The unresolved conflicts of a database as a component reads them. */
export function conflictsSource(database: Database): Source<ConflictsState> {
  let live: LiveConflicts<AnyDocument> | undefined
  const source: Source<ConflictsState> = new Source<ConflictsState>(LOADING, publish => {
    try {
      live ??= database.conflicts().live()
      const followed = live
      const show = () => publish(nextState(source.getSnapshot(), followed))
      const stop = followed.subscribe(show)
      show()
      return stop
    } catch (error) {
      publish(Object.freeze({ ...source.getSnapshot(), status: 'error', error: toError(error) }))
      return () => undefined
    }
  })
  return source
}

function nextState(shown: ConflictsState, live: LiveConflicts<AnyDocument>): ConflictsState {
  const [found, error] = [live.getSnapshot(), live.getError()]
  if (found === undefined && error === undefined) return shown
  if (shown.hydrated && shown.conflicts === found && shown.error === error) return shown
  return Object.freeze({
    conflicts: found ?? shown.conflicts,
    status: error === undefined ? 'ready' : 'error',
    hydrated: shown.hydrated || found !== undefined,
    error,
  })
}
