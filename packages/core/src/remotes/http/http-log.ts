import { FirekeepError } from '../../errors.js'
import { DIGESTS_LISTED } from '../../protocol/limits.js'
import type { ReplyByKind } from '../../protocol/messages.js'
import type {
  AppendPackOptions,
  BlobBytes,
  GetBlobOptions,
  LogAccess,
  LogPage,
  LogPosition,
  ReadLogOptions,
  RemoteEvent,
  RemoteLog,
  RemotePointer,
  StoredPointer,
} from '../../protocol/remote.js'
import { abortable } from '../abortable.js'
import { createAbort } from '../create-abort.js'
import { BlobClient } from './blob-client.js'
import type { RequestKind, RequestOf } from './channel.js'
import type { HttpPlatform } from './http-platform.js'
import type { LogSession } from './log-session.js'
import type { ServerAddress } from './server-address.js'
import type { ServerConnection } from './server-connection.js'
import { unavailable } from './server-error.js'

const READ_ENTRIES = 100
const READ_BYTES = 4 * 1024 * 1024

export interface HttpLogParts {
  readonly access: LogAccess
  readonly address: ServerAddress
  readonly connection: ServerConnection
  readonly platform: HttpPlatform
}

/** One handle of a log on a server. */
export class HttpLog implements RemoteLog {
  readonly #access: LogAccess
  readonly #connection: ServerConnection
  readonly #session: LogSession
  readonly #blobs: BlobClient
  readonly #closed = createAbort()
  readonly #stops = new Set<() => void>()

  constructor({ access, address, connection, platform }: HttpLogParts) {
    // An object of its own, as the same access may be opened twice and closed once.
    const { logId, permission } = access
    this.#access = { logId, permission, signToken: (audience, now) => access.signToken(audience, now) }
    this.#connection = connection
    const session = connection.acquire(this.#access)
    this.#session = session
    this.#blobs = new BlobClient({
      address,
      platform,
      credentials: connection.credentials,
      access: () => session.access,
      blobBytes: () => connection.limits?.blobBytes,
    })
  }

  async append(pack: Uint8Array, { blobs = [], signal }: AppendPackOptions = {}): Promise<LogPosition> {
    this.#assertWriter()
    return this.#request<'append'>({ kind: 'append', pack, blobs }, signal)
  }

  async read(after: number, options: ReadLogOptions = {}): Promise<LogPage> {
    const limits = this.#connection.limits
    const limit = Math.min(options.limit ?? READ_ENTRIES, limits?.readEntries ?? Infinity)
    const bytes = Math.min(options.bytes ?? READ_BYTES, limits?.readBytes ?? Infinity)
    const { before, entries, head } = await this.#request<'read'>(
      { kind: 'read', after, limit, bytes },
      options.signal,
    )
    const isRun = entries.length <= limit && entries.every(({ seq }, i) => seq === after + i + 1)
    if (!isRun) throw unavailable('the server answered with other entries than those asked for')
    return { before: before ?? undefined, entries, head }
  }

  async digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const most = Math.min(limit, DIGESTS_LISTED)
    const { digests } = await this.#request<'digests'>({ kind: 'digests', after, limit: most }, signal)
    if (digests.length > most) throw unavailable('the server answered with more digests than asked for')
    return digests
  }

  follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    if (this.#closed.signal.aborted) return () => undefined
    const end = this.#session.follow(after, listener)
    const stop = (): void => {
      this.#stops.delete(stop)
      end()
    }
    this.#stops.add(stop)
    return stop
  }

  async putBlob(name: string, bytes: BlobBytes, signal?: AbortSignal): Promise<void> {
    this.#assertWriter()
    return this.#run(signal, inner => this.#blobs.put(name, bytes, inner))
  }

  getBlob(name: string, { range, signal }: GetBlobOptions = {}): Promise<Uint8Array | undefined> {
    return this.#run(signal, inner => this.#blobs.get(name, range, inner))
  }

  async getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined> {
    const { pointer } = await this.#request<'get-pointer'>({ kind: 'get-pointer' }, signal)
    return pointer ?? undefined
  }

  async setPointer(
    { seq, blobs, sealed }: RemotePointer,
    replaces: string | undefined,
    signal?: AbortSignal,
  ): Promise<boolean> {
    this.#assertWriter()
    const request = {
      kind: 'set-pointer' as const,
      pointer: { seq, blobs, sealed },
      replaces: replaces ?? null,
    }
    const { isSet } = await this.#request<'set-pointer'>(request, signal)
    return isSet
  }

  async redact(seq: number, pack: Uint8Array, signal?: AbortSignal): Promise<void> {
    this.#assertWriter()
    await this.#request<'redact'>({ kind: 'redact', seq, pack }, signal)
  }

  async delete(signal?: AbortSignal): Promise<void> {
    this.#assertWriter()
    await this.#request<'delete'>({ kind: 'delete' }, signal)
  }

  close(): void {
    if (this.#closed.signal.aborted) return
    this.#closed.abort()
    for (const stop of [...this.#stops]) stop()
    this.#connection.release(this.#access)
  }

  #request<K extends RequestKind>(
    request: Omit<RequestOf<K>, 'log'>,
    signal: AbortSignal | undefined,
  ): Promise<ReplyByKind[K]> {
    return this.#run(signal, inner => this.#session.request<K>(request, inner))
  }

  #run<T>(signal: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return abortable([this.#closed.signal, signal], task)
  }

  /** The log may be open with more rights than this handle has; the server cannot tell. */
  #assertWriter(): void {
    if (this.#closed.signal.aborted || this.#access.permission === 'write') return
    throw new FirekeepError('FORBIDDEN', 'who may only read cannot write to the remote')
  }
}
