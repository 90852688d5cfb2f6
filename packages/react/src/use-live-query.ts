import type {
  AnyDocument,
  Database,
  FieldPath,
  FieldsValue,
  FieldValue,
  IndexKey,
  MapFunction,
  QueryOptions,
  QueryRow,
  Stored,
} from '@firekeep/core'
import { useEffect, useMemo } from 'react'
import { type AnyLiveState, LiveQuerySource, type QueryBy } from './live/live-query-source.js'
import type { LiveState } from './live/live-state.js'
import { misfitOf } from './live/misfit-of.js'
import { fingerprint } from './source/fingerprint.js'
import { useByValue } from './source/use-by-value.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

/** The options of `db.query`, and the database where it is not the nearest provider's. */
export type UseLiveQueryOptions<D extends object, K> = QueryOptions<K> & {
  readonly database?: Database<D> | undefined
}

export type LiveQueryResult<D extends object, K = IndexKey, V = unknown> = LiveState<
  QueryRow<D, K, V>,
  Stored<D>
>

/**
 * The rows of a query, redrawn on local and remote changes alike.
 *
 * The first argument is a field (`'state'`, `'author.name'`), a list of fields (array keys) or a map function;
 * the options are those of `db.query` and may be written inline, as they count by value. `rows` and `docs` are
 * shared and frozen, and keep their identity until something of them changes. After another query is asked for,
 * nothing of the former one is shown. While a query cannot be answered, `status` is `error`, `error` says why,
 * and the last rows stay.
 *
 * A map function may be written inline too: it counts as the same while its text does. It must depend on the
 * document alone. A variable that it captures and that changes is met with `INVALID_QUERY` and no rows; emit
 * what varies as part of the key and ask for that key.
 *
 * `NO_DATABASE` is thrown when there is none, `INVALID_QUERY`, `INVALID_OPTION` and `CLOSED` come as `error`.
 *
 * @example
 * ```tsx
 * function Jobs({ state }: { state: string }) {
 *   const { docs, hydrated } = useLiveQuery('state', { key: state, limit: 50 })
 *   if (!hydrated) return <p>Loading…</p>
 *   return <ul>{docs.map(doc => <li key={doc._id}>{doc.title}</li>)}</ul>
 * }
 * ```
 */
export function useLiveQuery<D extends object = AnyDocument, F extends FieldPath<D> = FieldPath<D>>(
  field: F,
  options?: UseLiveQueryOptions<D, FieldValue<D, F>>,
): LiveQueryResult<D, FieldValue<D, F>, null>
export function useLiveQuery<
  D extends object = AnyDocument,
  const F extends readonly FieldPath<D>[] = readonly FieldPath<D>[],
>(fields: F, options?: UseLiveQueryOptions<D, FieldsValue<D, F>>): LiveQueryResult<D, FieldsValue<D, F>, null>
export function useLiveQuery<D extends object = AnyDocument, K extends IndexKey = IndexKey, V = null>(
  map: MapFunction<D, K, V>,
  options?: UseLiveQueryOptions<D, K>,
): LiveQueryResult<D, K, V>
export function useLiveQuery(
  by: QueryBy,
  options: UseLiveQueryOptions<AnyDocument, IndexKey> = {},
): AnyLiveState {
  const { database: given, ...query } = options
  const database = useDatabase(given)
  const request = useByValue({ by, options: query }, fingerprint([definitionOf(by), query]))
  const live = useMemo(() => new LiveQuerySource({ database, ...request }), [database, request])
  const state = useSource(live.source)
  useEffect(() => {
    if (typeof by === 'function') void live.verify(by)
  }, [live, by])
  const isOther = by !== live.by
  const misfit = useMemo(() => (isOther ? misfitOf(by, state.rows) : undefined), [isOther, by, state])
  return misfit ?? state
}

/** What a map function is known by: its text, but for bound and built-in ones, which all have the same. */
function definitionOf(by: QueryBy): unknown {
  if (typeof by !== 'function') return by
  const text = String(by)
  return text.endsWith('{ [native code] }') ? by : { text }
}
