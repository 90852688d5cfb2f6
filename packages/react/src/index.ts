export {
  createHooks,
  type FirekeepHooks,
  type UseTypedAllDocs,
  type UseTypedDocument,
  type UseTypedLiveQuery,
} from './create-hooks.js'
export type { SubmitInput } from './document/document-editor.js'
export type { SubmitEventLike } from './document/form-fields.js'
export type { FileHandle } from './file/use-file-state.js'
export { FileImage, type FileImageProps } from './file-image.js'
export { FirekeepProvider, type FirekeepProviderProps } from './firekeep-provider.js'
export type { LiveState } from './live/live-state.js'
export { type AllDocsListing, type UseAllDocsOptions, useAllDocs } from './use-all-docs.js'
export { type ChangesListing, type UseChangesOptions, useChanges } from './use-changes.js'
export { type ConflictsHandle, useConflicts } from './use-conflicts.js'
export { type DocumentHandle, type FieldEdits, type UseDocumentOptions, useDocument } from './use-document.js'
export { type UseFileOptions, useFile } from './use-file.js'
export { useFirekeep } from './use-firekeep.js'
export { type HistoryHandle, type UseHistoryOptions, useHistory } from './use-history.js'
export { type LinkResult, useLink } from './use-link.js'
export { type LiveQueryResult, type UseLiveQueryOptions, useLiveQuery } from './use-live-query.js'
export { type SyncSummary, useSyncStatus } from './use-sync-status.js'
