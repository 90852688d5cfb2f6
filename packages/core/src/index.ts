export type { CompactReport } from './compact/compactor.js'
export type {
  AnyDocument,
  Attachment,
  AttachOptions,
  BulkResult,
  Changed,
  ChangeRow,
  ChangesOptions,
  ChangesResult,
  Clock,
  Conflict,
  ConflictVersion,
  Database,
  Deleted,
  Draft,
  ExportKeyOptions,
  Identity,
  Listener,
  PruneOptions,
  PutOptions,
  PutResult,
  RemoteStatus,
  Stored,
  SyncStatusSource,
  Transaction,
  TransactOptions,
  WorkOptions,
} from './database/database.js'
export { deleteDatabase, firekeep, listDatabases } from './database/firekeep.js'
export type { FirekeepOptions } from './database/options.js'
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
