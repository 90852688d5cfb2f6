/**
 * The one error class of Firekeep. Every failure that a user can meet carries a {@link FirekeepErrorCode};
 * branch on `error.code`, never on the message.
 *
 * @example
 * ```ts
 * try {
 *   await db.get('doc1')
 * } catch (error) {
 *   if (error instanceof FirekeepError && error.code === 'NOT_FOUND') showEmptyPage()
 *   else throw error
 * }
 * ```
 */
export class FirekeepError extends Error {
  override readonly name = 'FirekeepError'
  /** What happened, from a closed list; see {@link FirekeepErrorCode}. */
  readonly code: FirekeepErrorCode
  /** Facts for programs: ids, paths, limits. Holds no secrets and no document contents. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: FirekeepErrorCode, message: string, options: FirekeepErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }
}

export interface FirekeepErrorOptions {
  readonly cause?: unknown
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * Every code, when it is thrown, and what to do about it.
 *
 * | code | when | what to do |
 * |---|---|---|
 * | `NOT_FOUND` | `get` of an id that is missing or deleted | use `find` or `has`, or show that it is gone |
 * | `INVALID_DOCUMENT` | a document holds a value that cannot be stored; `details.path` names the field | change that field |
 * | `INVALID_QUERY` | query options contradict each other, or a map function captured a variable that changed | pass one of `key`, `keys`, `range`, `prefix`; give the map function a `name` and `version` |
 * | `INVALID_OPTION` | an option has a wrong type or value, or is not supported | see the message; it names the option |
 * | `NO_DATABASE` | a React hook found no database | pass `database` or wrap in `<FirekeepProvider>` |
 * | `CLOSED` | the handle, or the database under it, was closed or destroyed | open a new handle |
 * | `ABORTED` | an `AbortSignal` fired, or a transaction function ran past its time limit | nothing was written; call again |
 * | `STALE` | the data changed since it was read, and the caller asked to be told | read again, decide again |
 * | `READ_ONLY` | a write without the right to write, or after storage failed for good | open a link to write or the root key, or reload |
 * | `WRONG_KEY` | the key given is not the key of this database | give the right key; nothing was written |
 * | `KEY_MISSING` | there is data, but its key is neither stored nor given | pass `key` with the recovery string |
 * | `INSECURE_CONTEXT` | the page has no `crypto.subtle` (plain http on a host other than localhost) | serve it over https or from localhost |
 * | `CORRUPT` | stored or received bytes do not match their hash or do not decode | restore the data from a replica |
 * | `BLOCK_MISSING` | a block that must exist is in no pack | restore the data from a replica |
 * | `UNSUPPORTED_FORMAT` | bytes were written by a newer version | upgrade |
 * | `STORAGE_FAILED` | the storage refused, or its outcome is unknown | see `cause`; the write is retried while the session lives |
 * | `QUOTA_EXCEEDED` | no room left; nothing of this write was stored | delete something, or ask for more room with `persist` |
 * | `UNKNOWN_CLOCK` | a clock names a commit that this database does not have | sync first, or start without a clock |
 * | `PRUNED` | the version exists, its content was dropped by `prune` or `purge` | nothing; it is gone by design |
 * | `FILE_UNAVAILABLE` | an attachment is on no reachable device | try again when connected |
 * | `ILLEGAL_TRANSITION` | a state machine does not allow this step | see `details` for the legal steps |
 * | `INVALID_COMMIT` | a received commit breaks a rule of the format; it was dropped | report the author, `details.author` |
 * | `DATABASE_MISMATCH` | a link or remote is of another database than the one under this name | see the message for the ways out |
 * | `REMOTE_UNAVAILABLE` | the remote cannot be reached | nothing; it is retried |
 * | `REMOTE_ROLLED_BACK` | the remote lost or changed what it had acknowledged | nothing; local data is sent again |
 * | `UNAUTHORIZED` | the remote does not accept the credentials | check the link or the clock of the device |
 * | `FORBIDDEN` | the credentials do not allow this operation | ask for a link with the right |
 * | `LIMIT_EXCEEDED` | a size or count beyond a limit of the format; nothing was written | split it |
 * | `GONE` | the remote deleted this database for good | make a new one and `mergeFrom` |
 * | `UNSYNCED` | an operation would drop data that no remote has yet | sync first |
 * | `INTERNAL` | a bug in Firekeep | please report it |
 */
export type FirekeepErrorCode =
  | 'NOT_FOUND'
  | 'INVALID_DOCUMENT'
  | 'INVALID_QUERY'
  | 'INVALID_OPTION'
  | 'NO_DATABASE'
  | 'CLOSED'
  | 'ABORTED'
  | 'STALE'
  | 'READ_ONLY'
  | 'WRONG_KEY'
  | 'KEY_MISSING'
  | 'INSECURE_CONTEXT'
  | 'CORRUPT'
  | 'BLOCK_MISSING'
  | 'UNSUPPORTED_FORMAT'
  | 'STORAGE_FAILED'
  | 'QUOTA_EXCEEDED'
  | 'UNKNOWN_CLOCK'
  | 'PRUNED'
  | 'FILE_UNAVAILABLE'
  | 'ILLEGAL_TRANSITION'
  | 'INVALID_COMMIT'
  | 'DATABASE_MISMATCH'
  | 'REMOTE_UNAVAILABLE'
  | 'REMOTE_ROLLED_BACK'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'LIMIT_EXCEEDED'
  | 'GONE'
  | 'UNSYNCED'
  | 'INTERNAL'

/** Whether `error` is a {@link FirekeepError} with this code; holds across duplicated copies of the package. */
export function hasErrorCode(error: unknown, code: FirekeepErrorCode): boolean {
  return error instanceof Error && error.name === 'FirekeepError' && (error as FirekeepError).code === code
}

/** The error itself where it is one of ours, else `INTERNAL` with it as cause. */
export function toFirekeepError(error: unknown): FirekeepError {
  if (error instanceof Error && error.name === 'FirekeepError') return error as FirekeepError
  return new FirekeepError('INTERNAL', String(error), { cause: error })
}

/** Throws `INTERNAL` unless `condition` holds: for our own bugs, never for what a user can cause. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new FirekeepError('INTERNAL', message)
}
