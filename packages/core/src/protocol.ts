/** The wire protocol, for servers and for those who write another client. `docs/protocol.md` specifies it. */
export { FirekeepError, type FirekeepErrorCode } from './errors.js'
export { toBase32 } from './primitives/bytes.js'
export { lineageOf, type TokenClaims } from './protocol/access-token.js'
export {
  BLOBS_LISTED,
  DEFAULT_LIMITS,
  DIGESTS_LISTED,
  ENVELOPE_BYTES,
  NEWS_BYTES,
  PROTOCOL_VERSION,
  type ServerLimits,
  TOKEN_SECONDS,
} from './protocol/limits.js'
export { advanceLogHash, digestPack, EMPTY_LOG_HASH } from './protocol/log-hash.js'
export { type LogId, parseLogId } from './protocol/log-id.js'
export {
  decodeClientMessage,
  decodeClientMessages,
  decodeServerMessage,
  decodeServerMessages,
  encodeMessage,
  encodeMessages,
} from './protocol/message-codec.js'
export type {
  ClientMessage,
  ErrorMessage,
  ReplyByKind,
  ReplyValue,
  RequestMessage,
  ServerMessage,
} from './protocol/messages.js'
export type {
  LogEntry,
  LogPage,
  LogPosition,
  Permission,
  RemotePointer,
  StoredPointer,
} from './protocol/remote.js'
