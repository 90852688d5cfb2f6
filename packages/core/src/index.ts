export type { CompactReport } from './compact/compactor.js'
export type {
  BulkResult,
  ChangeRow,
  ChangesOptions,
  ChangesResult,
  CompactOptions,
  Database,
  ExportKeyOptions,
  Identity,
  Listener,
  PruneOptions,
  PutOptions,
  PutResult,
  Transaction,
  TransactOptions,
  WorkOptions,
} from './database/database.js'
export type { AnyDocument, Changed, Clock, Deleted, Draft, Stored } from './database/document-types.js'
export type {
  ByteSink,
  ByteSource,
  ExportOptions,
  Finding,
  ImportReport,
  Proof,
  VerifyReport,
} from './database/exchange/exchange-types.js'
export type { LoadFileOptions, StoredFile, StreamFileOptions } from './database/files/file-types.js'
export { deleteDatabase, firekeep, listDatabases } from './database/firekeep.js'
export type { Difference, ForkOptions, MergeOptions, MergeResult } from './database/fork/fork-types.js'
export { clockFingerprint } from './database/history/clock-fingerprint.js'
export type {
  Conflict,
  ConflictListing,
  ConflictVersion,
  LiveConflicts,
  Resolution,
  Resolved,
  ResolveOptions,
} from './database/history/conflict-types.js'
export type {
  AsOfOptions,
  HistoryCommit,
  HistoryListing,
  HistoryOptions,
  HistoryVersion,
  Listing,
} from './database/history/history-types.js'
export type { FirekeepOptions } from './database/options.js'
export type {
  Attachment,
  AttachOptions,
  RemoteStatus,
  SyncStatusSource,
} from './database/sync/attach-types.js'
export { FirekeepError, type FirekeepErrorCode, hasErrorCode } from './errors.js'
export type { Progress } from './primitives/progress.js'
export type {
  AppendPackOptions,
  GetBlobOptions,
  LogAccess,
  LogEntry,
  LogPage,
  LogPosition,
  Permission,
  ReadLogOptions,
  Remote,
  RemoteEvent,
  RemoteLog,
  RemotePointer,
  StoredPointer,
} from './protocol/remote.js'
export type {
  AllDocsOptions,
  AllDocsResult,
  AllDocsRow,
  Emit,
  FieldPath,
  FieldsValue,
  FieldValue,
  IndexKey,
  LiveQuery,
  LiveSnapshot,
  MapFunction,
  QueryOptions,
  QueryResult,
  QueryRow,
  RowPosition,
} from './query/query-types.js'
export { folderRemote } from './remotes/folder-remote.js'
export type { HttpRemoteOptions, WebSocketConstructor } from './remotes/http/http-options.js'
export { httpRemote } from './remotes/http-remote.js'
export type {
  BatchOptions,
  OpenStorageOptions,
  Storage,
  StorageEntry,
  StorageInfo,
  StorageKind,
  StorageSpace,
} from './storage/storage.js'
export type { PauseReason, SyncProgress, SyncStatus } from './sync/status/sync-status.js'
