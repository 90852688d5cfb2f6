import { FirekeepError, type Permission, parseLogId } from '@firekeep/core/protocol'
import type { Metrics } from '../admin/metrics.js'
import { unauthorized } from '../auth/auth-error.js'
import { assertPermission, type Rights } from '../auth/rights.js'
import { isBlobName } from '../blobs/blob-name.js'
import type { BlobContent } from '../blobs/blobs.js'
import type { Engine } from '../engines/engine.js'
import type { AddressBuckets } from '../limits/address-buckets.js'
import type { BlobQuota } from '../limits/blob-quota.js'
import { clientAddress } from '../limits/client-address.js'
import type { NewDatabases } from '../limits/new-databases.js'
import { tooMuch } from '../limits/too-much.js'
import { clientBody } from './client-body.js'
import type { Drain } from './drain.js'
import type { ErrorReporter } from './error-reporter.js'
import { type OriginOptions, originsOf } from './origins.js'
import { parseRange } from './range.js'
import { declaredLength } from './read-body.js'
import type { RouteContext } from './route-context.js'

export interface BlobRoutesParts {
  readonly engine: Engine
  readonly rights: Rights
  readonly quota: BlobQuota
  readonly newDatabases: NewDatabases
  readonly requests: AddressBuckets
  readonly origins: OriginOptions
  readonly drain: Drain
  readonly metrics: Metrics
  readonly reporter: ErrorReporter
}

interface Place {
  readonly log: string
  readonly name: string
  readonly address: string
}

/** `PUT /v1/logs/:log/blobs/:name`: streams the body into the engine. */
export async function putBlob(context: RouteContext, parts: BlobRoutesParts): Promise<Response> {
  const place = await authorize(context, parts, 'write')
  return parts.drain.run(() => storeBlob(context, parts, place))
}

async function storeBlob(context: RouteContext, parts: BlobRoutesParts, place: Place): Promise<Response> {
  const { engine, quota, newDatabases, metrics } = parts
  const { log, name, address } = place
  const { head } = await engine.log.info(log)
  if (head.seq === 0) newDatabases.admit(log, address)
  const length = declaredLength(context.req.header('Content-Length'))
  const { maxBytes, release } = await quota.reserve(log, name, length)
  const body = clientBody(context.env.incoming, bytes => metrics.countBytes('in', bytes))
  try {
    await engine.blobs.put(log, name, body, maxBytes)
  } finally {
    release()
  }
  await forgetIfGone(engine, log)
  return new Response(null, { status: 204, headers: { ETag: `"${name}"` } })
}

/** A log that was deleted meanwhile must not keep a blob: nobody would look for it again. */
async function forgetIfGone({ log, blobs }: Engine, id: string): Promise<void> {
  try {
    await log.info(id)
  } catch (error) {
    if (error instanceof FirekeepError && error.code === 'GONE') await blobs.removeAll(id)
    throw error
  }
}

/** `GET` and `HEAD /v1/logs/:log/blobs/:name`: streams the blob, or the one range that was asked for. */
export async function getBlob(context: RouteContext, parts: BlobRoutesParts): Promise<Response> {
  const { log, name } = await authorize(context, parts, 'read')
  // A deleted log is `GONE`, whether the engine still has the blob or not.
  await parts.engine.log.info(log)
  const range = parseRange(context.req.header('Range'))
  const content = await parts.engine.blobs.get(log, name, range)
  // A page may ask: browsers print every 404 as an error, however it is meant.
  if (content === undefined && context.req.method === 'HEAD') return new Response(null, { status: 204 })
  if (content === undefined) throw new FirekeepError('NOT_FOUND', 'Not found: there is no such blob')
  const { size } = content
  const headers: Record<string, string> = {
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, immutable',
    'Content-Type': 'application/octet-stream',
    ETag: `"${name}"`,
  }
  if (range !== undefined && range.offset >= size) {
    await discard(content)
    return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` } })
  }
  const start = range?.offset ?? 0
  const end = Math.min(size, start + (range?.length ?? size))
  if (range !== undefined) headers['Content-Range'] = `bytes ${start}-${end - 1}/${size}`
  headers['Content-Length'] = String(end - start)
  return send(context, content, { status: range === undefined ? 200 : 206, headers, parts })
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly parts: BlobRoutesParts
}

async function send(context: RouteContext, content: BlobContent, answer: Answer): Promise<Response> {
  const { status, headers, parts } = answer
  const isKnown = context.req.header('If-None-Match') === headers.ETag
  if (context.req.method === 'HEAD' || isKnown) {
    await discard(content)
    return new Response(null, { status: isKnown ? 304 : status, headers })
  }
  const stream = counted(content.stream, parts, context.get('requestId'))
  return new Response(toWebStream(stream), { status, headers })
}

async function authorize(context: RouteContext, parts: BlobRoutesParts, needs: Permission): Promise<Place> {
  const { rights, requests, origins, metrics } = parts
  const { log = '', name = '' } = context.req.param() as { log?: string; name?: string }
  if (parseLogId(log) === undefined || !isBlobName(name)) {
    throw new FirekeepError('NOT_FOUND', 'Not found: there is no such route')
  }
  const address = clientAddress(context.env.incoming, origins.hops)
  const wait = requests.take(address)
  if (wait > 0) {
    metrics.countRateLimited('requests')
    throw tooMuch('too many requests at once', wait)
  }
  const token = /^Bearer ([\w.-]+)$/.exec(context.req.header('Authorization') ?? '')?.[1]
  if (token === undefined) throw unauthorized('a request for a blob has a token')
  const admission = context.req.header('Firekeep-Admission')
  const { audiences } = originsOf(context.env.incoming, origins)
  const { permission } = await rights.grant({ logId: log, token, admission, audiences, address })
  assertPermission(permission, needs)
  return { log, name, address }
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  { metrics, reporter }: BlobRoutesParts,
  request: string,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      metrics.countBytes('out', chunk.length)
      yield chunk
    }
  } catch (error) {
    // Whoever serves the stream writes its error to the console, and this one may name a file, and so a database.
    throw new Error(`a blob cannot be read (${reporter.refuse(error, request).code})`)
  }
}

function toWebStream(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}

/** Lets go of what the engine holds open for a stream that nobody reads. */
async function discard({ stream }: BlobContent): Promise<void> {
  await stream[Symbol.asyncIterator]().return?.()
}
