export type { CompactReport } from './compact/compactor.js'
export type {
  AnyDocument,
  Attachment,
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
  Identity,
  Listener,
  PruneOptions,
  PutOptions,
  PutResult,
  Stored,
  Transaction,
  TransactOptions,
  WorkOptions,
} from './database/database.js'
export { deleteDatabase, firekeep, listDatabases } from './database/firekeep.js'
export type { FirekeepOptions } from './database/options.js'
export { FirekeepError, type FirekeepErrorCode, hasErrorCode } from './errors.js'
export type { Progress } from './primitives/progress.js'
export type { LogEntry, LogPosition, Remote } from './protocol/remote.js'
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
export type {
  BatchOptions,
  OpenStorageOptions,
  Storage,
  StorageEntry,
  StorageInfo,
  StorageKind,
  StorageSpace,
} from './storage/storage.js'
