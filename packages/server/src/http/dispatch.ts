import { createHash } from 'node:crypto'
import { hasErrorCode } from '@firekeep/core'
import {
  DIGESTS_LISTED,
  EMPTY_LOG_HASH,
  ENVELOPE_BYTES,
  FirekeepError,
  type LogPosition,
  type Permission,
  type ReplyByKind,
  type ReplyValue,
  type RequestMessage,
  type ServerLimits,
} from '@firekeep/core/protocol'
import type { Metrics } from '../admin/metrics.js'
import { unauthorized } from '../auth/auth-error.js'
import type { Rights } from '../auth/rights.js'
import { isBlobName } from '../blobs/blob-name.js'
import type { Engine } from '../engines/engine.js'
import type { NewDatabases } from '../limits/new-databases.js'
import { tooMuch } from '../limits/too-much.js'
import { eraseLog, finishErasing } from './erase-log.js'
import type { NewsHub } from './news-hub.js'
import type { OpenLog, OpenLogs } from './open-logs.js'

/** Who asks: what the dispatcher needs to know of a connection. */
export interface Peer {
  readonly address: string
  /** The origins that its tokens may name. */
  readonly audiences: readonly string[]
  readonly logs: OpenLogs
  follow(log: string, after: number): void
  unfollow(log: string): void
}

export interface DispatcherParts {
  readonly engine: Engine
  readonly rights: Rights
  readonly newDatabases: NewDatabases
  readonly news: NewsHub
  readonly metrics: Metrics
  readonly limits: ServerLimits
  readonly databaseBytes: number
}

type Asked<K extends RequestMessage['kind']> = Extract<RequestMessage, { kind: K }>

/** Turns the requests of clients into calls of the engine, whatever they came over. */
export class Dispatcher {
  readonly #parts: DispatcherParts

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  async dispatch(request: RequestMessage, peer: Peer): Promise<ReplyValue> {
    switch (request.kind) {
      case 'open':
        return this.#open(request, peer)
      case 'append':
        return this.#append(request, peer)
      case 'read':
        return this.#read(request, peer)
      case 'digests':
        return this.#digests(request, peer)
      case 'follow':
        return this.#follow(request, peer)
      case 'get-pointer':
        await peer.logs.use(request.log, 'read')
        return { pointer: (await this.#parts.engine.log.getPointer(request.log)) ?? null }
      case 'set-pointer':
        return this.#setPointer(request, peer)
      case 'redact':
        return this.#redact(request, peer)
      case 'delete':
        return this.#delete(request, peer)
      case 'close':
        peer.unfollow(request.log)
        peer.logs.close(request.log)
        return {}
    }
  }

  async #open({ log: id, token, admission }: Asked<'open'>, peer: Peer): Promise<ReplyByKind['open']> {
    const { rights } = this.#parts
    const { address, audiences } = peer
    let head: LogPosition = { seq: 0, hash: EMPTY_LOG_HASH }
    const opened = await peer.logs.open(id, async () => {
      const grant = await rights.grant({ logId: id, token, admission, audiences, address })
      head = await this.#head(id, grant.permission)
      return { id, grant, isEmpty: head.seq === 0, prepared: Promise.resolve() }
    })
    return { permission: opened.grant.permission, head, expires: opened.grant.expires }
  }

  async #head(id: string, permission: Permission): Promise<LogPosition> {
    const { engine } = this.#parts
    try {
      return (await engine.log.info(id)).head
    } catch (error) {
      // Who deletes again after a failure may come over a new connection, and gets no further than here.
      if (permission === 'write' && hasErrorCode(error, 'GONE')) await finishErasing(engine, id)
      throw error
    }
  }

  async #append({ log: id, pack, blobs }: Asked<'append'>, peer: Peer): Promise<ReplyByKind['append']> {
    const { engine, news, metrics, databaseBytes } = this.#parts
    const log = await peer.logs.use(id, 'write')
    this.#assertFits(pack.length)
    assertDistinct(blobs)
    this.#begin(log, peer)
    const before = log.prepared
    const prepared = before.then(() => this.#assertBlobs(id, blobs))
    log.prepared = prepared.catch(() => undefined)
    await prepared
    const digest = new Uint8Array(createHash('sha256').update(pack).digest())
    const done = metrics.timeAppend()
    const entry = { digest, pack, blobs, maxBytes: databaseBytes }
    const { seq, hash, isRepeated } = await engine.log.append(id, entry)
    done()
    // One that was there before may have been redacted since.
    if (!isRepeated) news.remember(id, { seq, digest, pack, isRedacted: false })
    return { seq, hash }
  }

  async #read({ log, after, limit, bytes }: Asked<'read'>, peer: Peer): Promise<ReplyByKind['read']> {
    await peer.logs.use(log, 'read')
    const { readEntries, readBytes } = this.#parts.limits
    const limits = { limit: Math.min(limit, readEntries), bytes: Math.min(bytes, readBytes) }
    const { before, entries, head } = await this.#parts.engine.log.read(log, after, limits)
    return { before: before ?? null, entries, head }
  }

  async #digests({ log, after, limit }: Asked<'digests'>, peer: Peer): Promise<ReplyByKind['digests']> {
    await peer.logs.use(log, 'read')
    const fits = Math.floor((this.#parts.limits.frameBytes - ENVELOPE_BYTES) / DIGEST_BYTES)
    const most = Math.min(limit, DIGESTS_LISTED, fits)
    return { digests: await this.#parts.engine.log.digests(log, after, most) }
  }

  async #follow({ log, after }: Asked<'follow'>, peer: Peer): Promise<ReplyByKind['follow']> {
    await peer.logs.use(log, 'read')
    const { head } = await this.#parts.engine.log.info(log)
    // It may have been closed meanwhile, which would not end what begins now.
    if (!peer.logs.has(log)) throw unauthorized('the log is not open')
    peer.follow(log, after)
    return { head }
  }

  async #setPointer(
    { log: id, pointer, replaces }: Asked<'set-pointer'>,
    peer: Peer,
  ): Promise<ReplyByKind['set-pointer']> {
    const log = await peer.logs.use(id, 'write')
    const { seq, blobs, sealed } = pointer
    this.#assertFits(sealed.length + blobs.length * NAME_BYTES)
    assertDistinct(blobs)
    this.#begin(log, peer)
    await this.#assertBlobs(id, blobs)
    const { log: logs, blobs: kept } = this.#parts.engine
    const before = await logs.referencedBlobs(id)
    const isSet = await logs.setPointer(id, { seq, blobs, sealed }, replaces ?? undefined)
    if (isSet) {
      // Whoever began with an older pointer may still read what it lists: the grace period begins now.
      const after = await logs.referencedBlobs(id)
      await kept.touch(
        id,
        [...before].filter(name => !after.has(name)),
      )
    }
    return { isSet }
  }

  async #redact({ log, seq, pack }: Asked<'redact'>, peer: Peer): Promise<Record<string, never>> {
    const { engine, news, metrics } = this.#parts
    await peer.logs.use(log, 'write')
    this.#assertFits(pack.length)
    await engine.log.redact(log, seq, pack, this.#parts.databaseBytes)
    news.forget(log)
    metrics.countEvent('redacted')
    return {}
  }

  async #delete({ log }: Asked<'delete'>, peer: Peer): Promise<Record<string, never>> {
    const { engine, news, metrics } = this.#parts
    // The tombstone of a log that never was takes room, as a new database does.
    this.#begin(await peer.logs.use(log, 'write'), peer)
    await eraseLog(engine, log)
    metrics.countEvent('database-deleted')
    news.gone(log)
    return {}
  }

  /** What was taken in has to fit into an answer too. */
  #assertFits(bytes: number): void {
    const most = this.#parts.limits.frameBytes - ENVELOPE_BYTES
    if (bytes > most) throw tooMuch(`a pack or pointer has at most ${most} bytes here`)
  }

  #begin(log: OpenLog, peer: Peer): void {
    if (!log.isEmpty) return
    this.#parts.newDatabases.admit(log.id, peer.address)
    log.isEmpty = false
  }

  /** `BLOCK_MISSING` unless all blobs are there. Only those of this log count: another's say nothing here. */
  async #assertBlobs(log: string, names: readonly string[]): Promise<void> {
    const { blobs } = this.#parts.engine
    for (let start = 0; start < names.length; start += BLOBS_AT_ONCE) {
      const some = names.slice(start, start + BLOBS_AT_ONCE)
      const found = await Promise.all(some.map(async name => isBlobName(name) && blobs.has(log, name)))
      const missing = some[found.indexOf(false)]
      if (missing === undefined) continue
      throw new FirekeepError('BLOCK_MISSING', `blob ${missing} is not there`, { details: { blob: missing } })
    }
  }
}

function assertDistinct(blobs: readonly string[]): void {
  if (new Set(blobs).size < blobs.length)
    throw new FirekeepError('UNSUPPORTED_FORMAT', 'a blob is listed twice')
}

const BLOBS_AT_ONCE = 32
/** A name and what stands around it in a list. */
const NAME_BYTES = 54
/** A digest in a list. */
const DIGEST_BYTES = 34
