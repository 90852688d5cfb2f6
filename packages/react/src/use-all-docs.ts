import type { AllDocsOptions, AllDocsRow, AnyDocument, Database, Deleted, Stored } from '@firekeep/core'
import { useMemo } from 'react'
import { type AllDocsState, allDocsSource } from './live/all-docs-source.js'
import type { LiveState } from './live/live-state.js'
import { useByValue } from './source/use-by-value.js'
import { useSource } from './source/use-source.js'
import { useDatabase } from './use-database.js'

/** The options of `db.allDocs`, and the database where it is not the nearest provider's. */
export type UseAllDocsOptions<D extends object = AnyDocument> = AllDocsOptions & {
  readonly database?: Database<D> | undefined
}

export type AllDocsListing<D extends object, Gone = never> = LiveState<AllDocsRow<D, Gone>, Stored<D> | Gone>

/**
 * All documents, or those that the options pick by id, in the order of their ids, redrawn on every change.
 *
 * The rules are those of {@link useLiveQuery}: options count by value, results are shared and frozen, errors come
 * as `error`. With `includeDeleted` deleted documents are listed as `{ _id, _deleted: true }`; such a list is
 * read again after each change, the others cost what changed.
 *
 * @example
 * ```tsx
 * const { docs } = useAllDocs({ prefix: 'note/', limit: 100 })
 * ```
 */
export function useAllDocs<D extends object = AnyDocument>(
  options: UseAllDocsOptions<D> & { readonly includeDeleted: true },
): AllDocsListing<D, Deleted>
export function useAllDocs<D extends object = AnyDocument>(
  options?: UseAllDocsOptions<D> & { readonly includeDeleted?: false | undefined },
): AllDocsListing<D>
export function useAllDocs<D extends object = AnyDocument>(
  options?: UseAllDocsOptions<D>,
): AllDocsListing<D, Deleted>
export function useAllDocs(options: UseAllDocsOptions = {}): AllDocsState {
  const { database: given, ...inline } = options
  const database = useDatabase(given)
  const selection = useByValue(inline)
  const source = useMemo(() => allDocsSource(database, selection), [database, selection])
  return useSource(source)
}
