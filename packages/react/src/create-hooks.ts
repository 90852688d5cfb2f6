import type {
  AnyDocument,
  Clock,
  Database,
  Deleted,
  Draft,
  FieldPath,
  FieldsValue,
  FieldValue,
  FirekeepOptions,
  IndexKey,
  MapFunction,
  Stored,
} from '@firekeep/core'
import type { ReactElement } from 'react'
import { FirekeepProvider, type FirekeepProviderProps } from './firekeep-provider.js'
import { type AllDocsListing, type UseAllDocsOptions, useAllDocs } from './use-all-docs.js'
import { type ChangesListing, type UseChangesOptions, useChanges } from './use-changes.js'
import { type ConflictsHandle, useConflicts } from './use-conflicts.js'
import { type DocumentHandle, type UseDocumentOptions, useDocument } from './use-document.js'
import { useFirekeep } from './use-firekeep.js'
import { type HistoryHandle, type UseHistoryOptions, useHistory } from './use-history.js'
import { type LiveQueryResult, type UseLiveQueryOptions, useLiveQuery } from './use-live-query.js'

/** The hooks of this package, for documents of one type. See each of them for what it does. */
export interface FirekeepHooks<D extends object> {
  readonly FirekeepProvider: (props: FirekeepProviderProps<D>) => ReactElement
  readonly useFirekeep: (name?: string, options?: FirekeepOptions) => Database<D>
  readonly useLiveQuery: UseTypedLiveQuery<D>
  readonly useAllDocs: UseTypedAllDocs<D>
  readonly useChanges: (since?: Clock, options?: UseChangesOptions<D>) => ChangesListing<D>
  readonly useDocument: UseTypedDocument<D>
  readonly useConflicts: (database?: Database<D>) => ConflictsHandle<D>
  readonly useHistory: (id?: string, options?: UseHistoryOptions<D>) => HistoryHandle<D>
}

export interface UseTypedLiveQuery<D extends object> {
  <F extends FieldPath<D>>(
    field: F,
    options?: UseLiveQueryOptions<D, FieldValue<D, F>>,
  ): LiveQueryResult<D, FieldValue<D, F>, null>
  <const F extends readonly FieldPath<D>[]>(
    fields: F,
    options?: UseLiveQueryOptions<D, FieldsValue<D, F>>,
  ): LiveQueryResult<D, FieldsValue<D, F>, null>
  <K extends IndexKey, V = null>(
    map: MapFunction<D, K, V>,
    options?: UseLiveQueryOptions<D, K>,
  ): LiveQueryResult<D, K, V>
}

export interface UseTypedAllDocs<D extends object> {
  (options: UseAllDocsOptions<D> & { readonly includeDeleted: true }): AllDocsListing<D, Deleted>
  (options?: UseAllDocsOptions<D> & { readonly includeDeleted?: false | undefined }): AllDocsListing<D>
  (options?: UseAllDocsOptions<D>): AllDocsListing<D, Deleted>
}

/** `T` narrows the documents where there are several types: `useDocument<Message>({ … })`. */
export interface UseTypedDocument<D extends object> {
  <T extends D = D>(initial: () => Draft<NoInfer<T>>, options?: UseDocumentOptions<D>): DocumentHandle<T>
  <T extends D = D>(id: string, options?: UseDocumentOptions<D>): DocumentHandle<T, Stored<T> | undefined>
  <T extends D = D>(initial: Draft<NoInfer<T>>, options?: UseDocumentOptions<D>): DocumentHandle<T>
}

/**
 * The hooks with the types of your documents: fields, keys and values are checked and inferred.
 *
 * Call it once, at the top of a module, and export what it returns by name; the React Compiler leaves components
 * alone that take hooks out of a variable. It makes no new hooks: these are the ones of this package.
 *
 * @example
 * ```ts
 * export const { useLiveQuery, useDocument, FirekeepProvider } = createHooks<Task>()
 * ```
 */
export function createHooks<Docs extends object = AnyDocument>(): FirekeepHooks<Docs> {
  return HOOKS as unknown as FirekeepHooks<Docs>
}

const HOOKS = Object.freeze({
  FirekeepProvider,
  useFirekeep,
  useLiveQuery,
  useAllDocs,
  useChanges,
  useDocument,
  useConflicts,
  useHistory,
})
