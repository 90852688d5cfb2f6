import { decodeClientMessages, encodeMessages, FirekeepError } from '@firekeep/core/protocol'
import { clientAddress } from '../limits/client-address.js'
import type { ConnectionCounts } from '../limits/connection-counts.js'
import { tooMuch } from '../limits/too-much.js'
import { clientBody } from './client-body.js'
import { type ExchangeParts, exchange } from './exchange.js'
import { type OriginOptions, originsOf } from './origins.js'
import { declaredLength, readBody } from './read-body.js'
import type { RouteContext } from './route-context.js'

export interface ExchangeRouteParts extends ExchangeParts {
  readonly origins: OriginOptions
  readonly counts: ConnectionCounts
  /** The most bytes of a body. */
  readonly bodyBytes: number
}

const DAG_CBOR = 'application/vnd.ipld.dag-cbor'
const LONGEST_WAIT = 30_000

/** `POST /v1/exchange`: an array of messages of a client in, one of the server out. */
export async function postExchange(context: RouteContext, parts: ExchangeRouteParts): Promise<Response> {
  const { incoming, outgoing } = context.env
  const address = clientAddress(incoming, parts.origins.hops)
  const leave = parts.counts.enter(address)
  if (leave === undefined) {
    parts.metrics.countRateLimited('connections')
    throw tooMuch('too many connections', parts.drain.retryAfter())
  }
  // The client is gone when the connection closes before the answer went out.
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  try {
    const wait = parts.requests.take(address)
    if (wait > 0) {
      parts.metrics.countRateLimited('requests')
      throw tooMuch('too many requests at once', wait)
    }
    const messages = decodeClientMessages(await readMessages(context, parts))
    const answer = await exchange(messages, parts, {
      ...originsOf(incoming, parts.origins),
      id: context.get('requestId'),
      address,
      wait: waitOf(context.req.header('Firekeep-Wait')),
      signal: gone.signal,
    })
    const bytes = encodeMessages(answer)
    parts.metrics.countBytes('out', bytes.length)
    return new Response(new Uint8Array(bytes), {
      headers: { 'Content-Type': DAG_CBOR, 'Cache-Control': 'no-store' },
    })
  } finally {
    leave()
  }
}

async function readMessages(context: RouteContext, parts: ExchangeRouteParts): Promise<Uint8Array> {
  const type = context.req.header('Content-Type')?.split(';', 1)[0]?.trim()
  if (type !== DAG_CBOR)
    throw new FirekeepError('UNSUPPORTED_FORMAT', `the body of an exchange is ${DAG_CBOR}`)
  if ((declaredLength(context.req.header('Content-Length')) ?? 0) > parts.bodyBytes) {
    throw tooMuch(`an exchange has at most ${parts.bodyBytes} bytes here`)
  }
  const body = clientBody(context.env.incoming, bytes => parts.metrics.countBytes('in', bytes))
  return readBody(body, parts.bodyBytes)
}

function waitOf(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header), LONGEST_WAIT) : 0
}
