import { DEFAULT_LIMITS, type ServerLimits } from '@firekeep/core/protocol'

/**
 * What one client, address or database may take of the server. None of it changes what is valid: a client that meets
 * a limit waits, splits or says so. Times are milliseconds, sizes bytes.
 */
export interface Limits {
  /** The most bytes of one message; the body of an exchange may have twice as many. */
  readonly frameBytes: number
  readonly blobBytes: number
  /** The most bytes of the packs of one log; a blob is refused where packs and blobs together would be more. */
  readonly databaseBytes: number
  /** Requests a second of one connection, or of one address over HTTP; twice as many may come at once. */
  readonly requestsPerSecond: number
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Logs that are open on one connection. */
  readonly logsPerConnection: number
  /** How long the headers of a request may take, */
  readonly headerTimeout: number
  /** a whole request with its body, */
  readonly bodyTimeout: number
  /** and how long nothing may happen on a connection that is no WebSocket. */
  readonly idleTimeout: number
  /** How long a WebSocket may be silent before its `hello`. */
  readonly helloTimeout: number
  /** What may wait behind the message that is being sent to a WebSocket. */
  readonly queueBytes: number
  /** How long a reader may take nothing of what is being sent. */
  readonly stallTimeout: number
  readonly pingInterval: number
  /** Tokens and admissions of one address that may fail in a minute. */
  readonly authFailuresPerMinute: number
  /** Databases that one address may begin in an hour. */
  readonly newDatabasesPerHour: number
  /** Which log ids are served. */
  readonly logPattern: RegExp
}

const MIB = 1024 * 1024

export const STANDARD_LIMITS: Limits = {
  frameBytes: DEFAULT_LIMITS.frameBytes,
  blobBytes: DEFAULT_LIMITS.blobBytes,
  databaseBytes: 4096 * MIB,
  requestsPerSecond: 1000,
  connections: 10_000,
  connectionsPerAddress: 1000,
  logsPerConnection: 1000,
  headerTimeout: 10_000,
  bodyTimeout: 600_000,
  idleTimeout: 75_000,
  helloTimeout: 10_000,
  queueBytes: MIB,
  stallTimeout: 10_000,
  pingInterval: 30_000,
  authFailuresPerMinute: 600,
  newDatabasesPerHour: 2000,
  logPattern: /^/,
}

/** The part of the limits that a client is told. */
export function toWireLimits({ frameBytes, blobBytes }: Limits): ServerLimits {
  // A page, or its first entry, has to fit a frame.
  const readBytes = Math.min(DEFAULT_LIMITS.readBytes, Math.ceil(frameBytes / 2))
  return { frameBytes, blobBytes, readEntries: DEFAULT_LIMITS.readEntries, readBytes }
}
