import { concatBytes } from '../../primitives/bytes.js'
import { DEFAULT_LIMITS, ENVELOPE_BYTES, PROTOCOL_VERSION } from '../../protocol/limits.js'
import { decodeServerMessages, encodeMessage } from '../../protocol/message-codec.js'
import type { ServerMessage } from '../../protocol/messages.js'
import { checkWelcome } from './check-welcome.js'
import type { HttpPlatform } from './http-platform.js'
import type { Welcome } from './link.js'
import { readBody } from './read-body.js'
import { sendRequest } from './send-request.js'
import type { ServerAddress } from './server-address.js'
import { unavailable } from './server-error.js'

export interface ExchangeRequest {
  /** Encoded messages; the hello before them is added. */
  readonly messages: readonly Uint8Array[]
  /** How long the server may hold back its answer for news. */
  readonly wait?: number
  /** The most bytes of one message of the server. */
  readonly frameBytes?: number
  readonly signal: AbortSignal
}

export interface ExchangeReply {
  readonly welcome: Welcome
  /** What came after it. */
  readonly messages: readonly ServerMessage[]
}

const CONTENT_TYPE = 'application/vnd.ipld.dag-cbor'
const PATIENCE = 60_000
/** No server's word makes us take in more at once. */
const MOST_BYTES = 256 * 1024 * 1024

/** One exchange of long polling: a connection of its own, from hello to the last answer. */
export async function exchange(
  { base }: ServerAddress,
  platform: HttpPlatform,
  { messages, wait = 0, frameBytes = DEFAULT_LIMITS.frameBytes, signal }: ExchangeRequest,
): Promise<ExchangeReply> {
  const hello = encodeMessage({ kind: 'hello', versions: [PROTOCOL_VERSION] })
  const limit = Math.min(MOST_BYTES, (messages.length + 1) * (frameBytes + ENVELOPE_BYTES))
  const request = {
    url: `${base}/v1/exchange`,
    method: 'POST' as const,
    headers: { 'Content-Type': CONTENT_TYPE, 'Firekeep-Wait': String(wait) },
    body: concatBytes(arrayHeader(messages.length + 1), hello, ...messages),
    signal,
    patience: PATIENCE + wait,
    accepts: (status: number) => status === 200,
  }
  return sendRequest(platform, request, async (response, onProgress) => {
    const bytes = await readBody(response, { length: limit + 1, onProgress })
    if (bytes.length > limit) throw unavailable('the answer of the server is longer than its own limit')
    const [first, ...rest] = decodeServerMessages(bytes)
    return { welcome: checkWelcome(first), messages: rest }
  })
}

/** The start of a CBOR array of so many items (RFC 8949, major type 4): what is encoded already goes in as it is. */
function arrayHeader(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(0x80 | length)
  if (length < 0x100) return Uint8Array.of(0x98, length)
  return Uint8Array.of(0x99, length >> 8, length & 0xff)
}
