import type { ChangeRow, ChangesOptions, Clock, Database, Deleted } from '@firekeep/core'
import { deepFreeze } from '../source/deep-freeze.js'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import { followDatabase } from './follow-database.js'
import { type LiveState, LOADING } from './live-state.js'

export interface ChangesState extends LiveState<ChangeRow<object>, object | Deleted> {
  /** Names everything that is in `rows`: what `changes` and `useChanges` take to go on from there. */
  readonly clock: Clock
}

export interface ChangesSourceParts {
  readonly database: Database
  readonly since: Clock | undefined
  readonly limit: number | undefined
}

/**
 * The changes since a clock as a component reads them: each read appends what followed the last one, so it costs
 * what changed (L11), and a row stays where it is.
 */
export function changesSource({
  database,
  since,
  limit = Number.POSITIVE_INFINITY,
}: ChangesSourceParts): Source<ChangesState> {
  const before: ChangesState = Object.freeze({ ...LOADING, clock: since ?? [] })
  const source: Source<ChangesState> = new Source<ChangesState>(before, publish =>
    followDatabase(database, {
      read: async () => {
        const shown = source.getSnapshot()
        const room = limit - shown.rows.length
        if (shown.hydrated && room <= 0) return
        const page = await database.changes(shown.hydrated ? shown.clock : since, pageOptions(room))
        publish(append(shown, deepFreeze(page.rows), page.clock))
      },
      failed: error =>
        publish(Object.freeze({ ...source.getSnapshot(), status: 'error', error: toError(error) })),
    }),
  )
  return source
}

function pageOptions(room: number): ChangesOptions {
  return Number.isFinite(room) ? { limit: room } : {}
}

function append(shown: ChangesState, rows: readonly ChangeRow<object>[], clock: Clock): ChangesState {
  if (shown.status === 'ready' && rows.length === 0) return shown
  const all = Object.freeze([...shown.rows, ...rows])
  const docs = Object.freeze(all.map(row => row.doc))
  return Object.freeze({ rows: all, docs, clock, status: 'ready', hydrated: true, error: undefined })
}
