import type { AnyDocument, ChangeRow, Clock, Database, Deleted, Stored } from '@firekeep/core'
import { useMemo } from 'react'
import { type ChangesState, changesSource } from './live/changes-source.js'
import type { LiveState } from './live/live-state.js'
import { useByValue } from './source/use-by-value.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

export interface UseChangesOptions<D extends object = AnyDocument> {
  /** Stop at the first commit boundary at or after this many rows; `clock` says where to go on. */
  readonly limit?: number | undefined
  readonly database?: Database<D> | undefined
}

export interface ChangesListing<D extends object> extends LiveState<ChangeRow<D>, Stored<D> | Deleted> {
  /** Names everything that is in `rows`: what `changes` and `useChanges` take to go on from there. */
  readonly clock: Clock
}

/**
 * What changed since a clock, or since the beginning, and goes on changing: new rows are appended as they come.
 *
 * Rows have the document as it is shown after the change; a deletion is `{ _id, _deleted: true }`. `since`
 * counts by value. The list only grows; give a `limit`, or a later `since`, where that matters. `UNKNOWN_CLOCK`
 * and `PRUNED` come as `error`.
 *
 * @example
 * ```tsx
 * const [opened] = useState(() => clockOfLastVisit())
 * const { docs } = useChanges(opened)
 * return <p>{docs.length} changes since your last visit</p>
 * ```
 */
export function useChanges<D extends object = AnyDocument>(
  since?: Clock,
  options: UseChangesOptions<D> = {},
): ChangesListing<D> {
  const { limit } = options
  const database = useDatabase(options.database)
  const start = useByValue(since)
  const source = useMemo(() => changesSource({ database, since: start, limit }), [database, start, limit])
  return useSource<ChangesState>(source) as unknown as ChangesListing<D>
}
