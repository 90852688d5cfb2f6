import type { AnyDocument, Database, FirekeepError, HistoryCommit, HistoryVersion } from '@firekeep/core'
import { useMemo } from 'react'
import { HistorySource, type HistoryState } from './live/history-source.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

export interface UseHistoryOptions<D extends object = AnyDocument> {
  /** How many entries are shown at first, and how many more `loadMore` adds. Default 50. */
  readonly limit?: number | undefined
  readonly database?: Database<D> | undefined
}

export interface HistoryHandle<D extends object> {
  /** The versions of the document, newest first; empty where all commits are asked for. */
  readonly versions: readonly HistoryVersion<D>[]
  /** All commits, newest first; empty where a document is asked for. */
  readonly commits: readonly HistoryCommit[]
  /** Whether there are older entries than those that are shown. */
  readonly hasMore: boolean
  /** Shows older ones as well. The same function at every render. */
  readonly loadMore: () => void
  /** `loading`: not read yet. `error`: see `error`; what was read before stays. */
  readonly status: 'loading' | 'ready' | 'error'
  /** Whether it was read at all: only then does an empty list mean that there is nothing. */
  readonly hydrated: boolean
  readonly error: FirekeepError | undefined
}

/**
 * What became of a document, or without an id of the whole database, newest first; redrawn when commits come that are part
 * of it. `clock` of an entry is what reads take as `asOf`. Entries are shared and frozen, and stay the same objects.
 *
 * `NO_DATABASE` is thrown when there is none; what cannot be read comes as `error`.
 *
 * @example
 * ```tsx
 * const { versions, hasMore, loadMore } = useHistory<Note>(id, { limit: 20 })
 * return (
 *   <ol>
 *     {versions.map(({ clock, time, author }) => <li key={clock[0]}>{new Date(time).toLocaleString()} {author}</li>)}
 *     {hasMore && <button onClick={loadMore}>Older</button>}
 *   </ol>
 * )
 * ```
 */
export function useHistory<D extends object = AnyDocument>(
  id?: string,
  { limit = 50, database: given }: UseHistoryOptions<D> = {},
): HistoryHandle<D> {
  const database = useDatabase(given)
  const history = useMemo(() => new HistorySource({ database, id, limit }), [database, id, limit])
  const state = useSource(history.source)
  return useMemo(
    () => toHandle(id, state, history.loadMore),
    [id, state, history],
  ) as unknown as HistoryHandle<D>
}

const NONE: readonly never[] = Object.freeze([])

function toHandle(
  id: string | undefined,
  { entries, ...state }: HistoryState,
  loadMore: () => void,
): HistoryHandle<AnyDocument> {
  const [versions, commits] = id === undefined ? [NONE, entries] : [entries, NONE]
  return Object.freeze({ ...state, versions, commits, loadMore }) as HistoryHandle<AnyDocument>
}
