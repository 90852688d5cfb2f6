import type { FirekeepErrorCode } from '../errors.js'
import type { ServerLimits } from './limits.js'
import type { LogEntry, LogPosition, Permission, RemotePointer, StoredPointer } from './remote.js'

/**
 * What a client sends (`docs/protocol.md`). `id` numbers the requests of a connection; each is answered once, by a
 * `done` or an `error` with that number, in any order.
 */
export type ClientMessage =
  /** First of all: the versions of the protocol that the client speaks. Answered by `welcome`. */
  | { readonly kind: 'hello'; readonly versions: readonly number[] }
  /** Uses a log on this connection from now on; again with a new token before the old one expires. */
  | {
      readonly kind: 'open'
      readonly id: number
      readonly log: string
      readonly token: string
      /** What the operator asks for, where it does: a shared secret or an issuer's JWT. */
      readonly admission?: string
    }
  | {
      readonly kind: 'append'
      readonly id: number
      readonly log: string
      readonly pack: Uint8Array
      readonly blobs: readonly string[]
    }
  | {
      readonly kind: 'read'
      readonly id: number
      readonly log: string
      readonly after: number
      readonly limit: number
      readonly bytes: number
    }
  | {
      readonly kind: 'digests'
      readonly id: number
      readonly log: string
      readonly after: number
      readonly limit: number
    }
  /** Wants `news` of entries after `after`, until the log is closed. */
  | { readonly kind: 'follow'; readonly id: number; readonly log: string; readonly after: number }
  | { readonly kind: 'get-pointer'; readonly id: number; readonly log: string }
  | {
      readonly kind: 'set-pointer'
      readonly id: number
      readonly log: string
      readonly pointer: RemotePointer
      readonly replaces: string | null
    }
  | {
      readonly kind: 'redact'
      readonly id: number
      readonly log: string
      readonly seq: number
      readonly pack: Uint8Array
    }
  | { readonly kind: 'delete'; readonly id: number; readonly log: string }
  /** Uses the log no more on this connection. */
  | { readonly kind: 'close'; readonly id: number; readonly log: string }

/** A message that is answered. */
export type RequestMessage = Exclude<ClientMessage, { kind: 'hello' }>

/** What a server sends. */
export type ServerMessage =
  | {
      readonly kind: 'welcome'
      readonly version: number
      /** The server's time, milliseconds since 1970. */
      readonly time: number
      /** What tokens have to name as `aud`. */
      readonly audience: string
      readonly limits: ServerLimits
    }
  | { readonly kind: 'done'; readonly id: number; readonly value: ReplyValue }
  | ErrorMessage
  | {
      readonly kind: 'news'
      readonly log: string
      /** The end of the log. */
      readonly seq: number
      /** The newest entries without a gap, where they are small. */
      readonly entries: readonly LogEntry[]
    }
  /** The server goes away soon; come back after so many milliseconds. */
  | { readonly kind: 'closing'; readonly retryAfter: number }

export interface ErrorMessage {
  readonly kind: 'error'
  /** The request that failed; 0 where it is the connection. */
  readonly id: number
  readonly code: FirekeepErrorCode
  readonly message: string
  /** Names the request in the logs of the server. */
  readonly request: string
  /** The server's time, milliseconds since 1970: with `UNAUTHORIZED`, so that a client can correct its clock. */
  readonly time: number
  /** Where waiting helps: for so many milliseconds. */
  readonly retryAfter?: number
  /** With `LIMIT_EXCEEDED`: that it is the room of the whole database that is used up. */
  readonly limit?: 'database'
}

/** The answer to each kind of request. */
export interface ReplyByKind {
  readonly open: { readonly permission: Permission; readonly head: LogPosition; readonly expires: number }
  readonly append: LogPosition
  readonly read: {
    readonly before: Uint8Array | null
    readonly entries: readonly LogEntry[]
    readonly head: LogPosition
  }
  readonly digests: { readonly digests: readonly Uint8Array[] }
  readonly follow: { readonly head: LogPosition }
  readonly 'get-pointer': { readonly pointer: StoredPointer | null }
  readonly 'set-pointer': { readonly isSet: boolean }
  readonly redact: Record<string, never>
  readonly delete: Record<string, never>
  readonly close: Record<string, never>
}

export type ReplyValue = ReplyByKind[RequestMessage['kind']]
