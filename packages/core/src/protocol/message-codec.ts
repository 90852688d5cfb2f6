import * as dagCbor from '@ipld/dag-cbor'
import { FirekeepError } from '../errors.js'
import { assertFewItems } from './assert-few-items.js'
import { BLOBS_LISTED, DIGESTS_LISTED } from './limits.js'
import type { ClientMessage, ServerMessage } from './messages.js'
import { bytes, either, listOf, oneOf, record, type Shape, text, wholeNumber } from './shape.js'

/** A message as it goes over the wire: DAG-CBOR. */
export function encodeMessage(message: ClientMessage | ServerMessage): Uint8Array {
  return dagCbor.encode(message)
}

/** `CORRUPT` when the bytes are no message of a client. */
export function decodeClientMessage(message: Uint8Array): ClientMessage {
  return decode(message, CLIENT_SHAPES, REQUEST_ITEMS) as ClientMessage
}

/** `CORRUPT` when the bytes are no message of a server. The values of `done` are checked by who asked. */
export function decodeServerMessage(message: Uint8Array): ServerMessage {
  return decode(message, SERVER_SHAPES, ANSWER_ITEMS) as ServerMessage
}

/** The messages of one exchange of long polling, in order: a DAG-CBOR array of them. */
export function encodeMessages(messages: readonly (ClientMessage | ServerMessage)[]): Uint8Array {
  return dagCbor.encode(messages)
}

/** `CORRUPT` when the bytes are no array of messages of a client. */
export function decodeClientMessages(messages: Uint8Array): ClientMessage[] {
  return decodeAll(messages, CLIENT_SHAPES, REQUESTS_ITEMS) as ClientMessage[]
}

/** `CORRUPT` when the bytes are no array of messages of a server. */
export function decodeServerMessages(messages: Uint8Array): ServerMessage[] {
  return decodeAll(messages, SERVER_SHAPES, ANSWER_ITEMS) as ServerMessage[]
}

const LOG = text(128)
const NAME = text(64)
const HASH = bytes(32)
const ENTRY = record({ seq: wholeNumber(1), digest: HASH, pack: bytes(), isRedacted: oneOf(true, false) })
const POSITION = record({ seq: wholeNumber(), hash: HASH })
const POINTER_FIELDS = { seq: wholeNumber(), blobs: listOf(NAME, BLOBS_LISTED), sealed: bytes() }
const OBJECT = record({})
const MAX_ENTRIES = 100_000

function request(fields: Readonly<Record<string, Shape>>, optional: readonly string[] = []): Shape {
  return record({ kind: text(16), id: wholeNumber(1), log: LOG, ...fields }, optional)
}

const CLIENT_SHAPES: Readonly<Record<ClientMessage['kind'], Shape>> = {
  hello: record({ kind: text(16), versions: listOf(wholeNumber(), 64) }),
  open: request({ token: text(4096), admission: text(16_384) }, ['admission']),
  append: request({ pack: bytes(), blobs: listOf(NAME, BLOBS_LISTED) }),
  read: request({ after: wholeNumber(), limit: wholeNumber(1), bytes: wholeNumber(1) }),
  digests: request({ after: wholeNumber(), limit: wholeNumber(1) }),
  follow: request({ after: wholeNumber() }),
  'get-pointer': request({}),
  'set-pointer': request({ pointer: record(POINTER_FIELDS), replaces: either(oneOf(null), NAME) }),
  redact: request({ seq: wholeNumber(1), pack: bytes() }),
  delete: request({}),
  close: request({}),
}

const LIMITS = record({
  frameBytes: wholeNumber(1),
  blobBytes: wholeNumber(1),
  readEntries: wholeNumber(1),
  readBytes: wholeNumber(1),
})

const SERVER_SHAPES: Readonly<Record<ServerMessage['kind'], Shape>> = {
  welcome: record({
    kind: text(16),
    version: wholeNumber(1),
    time: wholeNumber(),
    audience: text(2048),
    limits: LIMITS,
  }),
  done: record({
    kind: text(16),
    id: wholeNumber(1),
    value: value => typeof value === 'object' && value !== null,
  }),
  error: record(
    {
      kind: text(16),
      id: wholeNumber(),
      code: text(64),
      message: text(4096),
      request: text(128),
      time: wholeNumber(),
      retryAfter: wholeNumber(),
      limit: oneOf('database'),
    },
    ['retryAfter', 'limit'],
  ),
  news: record({ kind: text(16), log: LOG, seq: wholeNumber(), entries: listOf(ENTRY, MAX_ENTRIES) }),
  closing: record({ kind: text(16), retryAfter: wholeNumber() }),
}

/** What the `value` of a `done` looks like, by the kind of the request. */
export const REPLY_SHAPES: Readonly<Record<Exclude<ClientMessage['kind'], 'hello'>, Shape>> = {
  open: record({ permission: oneOf('read', 'write'), head: POSITION, expires: wholeNumber() }),
  append: POSITION,
  read: record({ before: either(oneOf(null), HASH), entries: listOf(ENTRY, MAX_ENTRIES), head: POSITION }),
  digests: record({ digests: listOf(HASH, DIGESTS_LISTED) }),
  follow: record({ head: POSITION }),
  'get-pointer': record({ pointer: either(oneOf(null), record({ ...POINTER_FIELDS, version: NAME })) }),
  'set-pointer': record({ isSet: oneOf(true, false) }),
  redact: OBJECT,
  delete: OBJECT,
  close: OBJECT,
}

const MAX_MESSAGES = 10_000
/** The most CBOR items of one message of a client, and of a list of them: a server decodes those of anybody. */
const REQUEST_ITEMS = 100_000
const REQUESTS_ITEMS = 300_000
/** Of a server, which may answer with `MAX_ENTRIES` entries of nine items. */
const ANSWER_ITEMS = 1_000_000

type Shapes = Readonly<Record<string, Shape>>

function decode(message: Uint8Array, shapes: Shapes, mostItems: number): unknown {
  const value = decodeCbor(message, mostItems)
  if (isMessage(value, shapes)) return value
  throw unknownForm()
}

function decodeAll(messages: Uint8Array, shapes: Shapes, mostItems: number): unknown[] {
  const values = decodeCbor(messages, mostItems)
  const isList = Array.isArray(values) && values.length <= MAX_MESSAGES
  if (isList && values.every(value => isMessage(value, shapes))) return values
  throw unknownForm()
}

function decodeCbor(bytes: Uint8Array, mostItems: number): unknown {
  assertFewItems(bytes, mostItems)
  try {
    return dagCbor.decode(bytes)
  } catch (cause) {
    throw new FirekeepError('CORRUPT', 'a message does not decode', { cause })
  }
}

function isMessage(value: unknown, shapes: Shapes): boolean {
  const kind = (value as { kind?: unknown } | null)?.kind
  const shape = typeof kind === 'string' && Object.hasOwn(shapes, kind) ? shapes[kind] : undefined
  return shape?.(value) === true
}

function unknownForm(): FirekeepError {
  return new FirekeepError('CORRUPT', 'a message has a form that the protocol does not know')
}
