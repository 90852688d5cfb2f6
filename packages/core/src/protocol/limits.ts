/** The version of the wire protocol that is spoken here. */
export const PROTOCOL_VERSION = 1

/**
 * The limits that a server has unless it says otherwise in its `welcome`. None of them decides whether a commit is
 * valid; a client that meets one waits, splits, or says so in its status.
 */
export const DEFAULT_LIMITS: ServerLimits = {
  frameBytes: 8 * 1024 * 1024,
  blobBytes: 256 * 1024 * 1024,
  readEntries: 1000,
  readBytes: 4 * 1024 * 1024,
}

/** What a server lets a client do at once. */
export interface ServerLimits {
  /** The most bytes of one message, in either direction. */
  readonly frameBytes: number
  /** The most bytes of one blob. */
  readonly blobBytes: number
  /** The most entries and bytes of packs that one `read` answers with. */
  readonly readEntries: number
  readonly readBytes: number
}

/** What a message may take around a pack. */
export const ENVELOPE_BYTES = 64 * 1024
/** The most blobs that an entry or a pointer lists. */
export const BLOBS_LISTED = 16_384
/** The most digests that one request is answered with. */
export const DIGESTS_LISTED = 16_384
/** The longest that a token holds, in seconds. */
export const TOKEN_SECONDS = 600
/** Entries of up to so many bytes come along with the news of them. */
export const NEWS_BYTES = 64 * 1024
