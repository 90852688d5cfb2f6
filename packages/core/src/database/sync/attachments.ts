import { FirekeepError, hasErrorCode, toFirekeepError } from '../../errors.js'
import type { PackSource } from '../../packs/pack-source.js'
import { Backoff } from '../../primitives/backoff.js'
import { Emitter } from '../../primitives/emitter.js'
import type { GetBlobOptions, Remote, RemoteLog } from '../../protocol/remote.js'
import type { RemoteAttachment } from '../../sync/attachment.js'
import { INITIAL_STATUS, type SyncStatus } from '../../sync/status/sync-status.js'
import type { AttachOptions } from '../call-options.js'
import type { AttachableEngine } from './attach-remote.js'
import type { RemoteStatus } from './attach-types.js'
import type { LogRights } from './log-access.js'

/** The remotes of one engine. Whoever attaches the same remote again shares what is there. */
export class Attachments {
  readonly #byRemote = new Map<string, SharedAttachment>()
  readonly #changes = new Emitter<void>()
  #statuses: readonly RemoteStatus[] = []

  /** How all attached remotes stand; the same array while nothing changes. */
  getSnapshot(): readonly RemoteStatus[] {
    return this.#statuses
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener)
  }

  attach(engine: AttachableEngine, remote: Remote, options: AttachOptions): SharedAttachment {
    const known = this.#byRemote.get(remote.id)
    const shared = known ?? new SharedAttachment(engine, remote, options)
    if (known === undefined) {
      this.#byRemote.set(remote.id, shared)
      shared.subscribe(() => this.#update())
      this.#update()
    }
    shared.users += 1
    return shared
  }

  /** Gives up a share; the last one detaches. */
  async release(remoteId: string): Promise<void> {
    const shared = this.#byRemote.get(remoteId)
    if (shared === undefined) return
    shared.users -= 1
    if (shared.users > 0) return
    this.#byRemote.delete(remoteId)
    this.#update()
    await shared.detach()
  }

  /** Reads packs that are not stored here, from whichever remote has them. */
  packSource(store: LogRights): PackSource {
    return {
      getRange: async (...range) => {
        let failure: { readonly error: unknown } | undefined
        for (const source of this.packSources(store)) {
          try {
            const bytes = await source.getRange(...range)
            if (bytes !== undefined) return bytes
          } catch (error) {
            failure ??= { error }
          }
        }
        // Where one cannot tell, nobody can.
        if (failure !== undefined) throw failure.error
        return undefined
      },
    }
  }

  /** The remotes of this moment, each by itself. */
  packSources(store: LogRights): PackSource[] {
    return [...this.#byRemote.values()].map(shared => ({
      getRange: (name, offset, length, signal) =>
        shared.readBlob(store, name, { range: { offset, length }, signal }),
    }))
  }

  /** Detaches all, whoever shares them. */
  async close(): Promise<void> {
    const all = [...this.#byRemote.values()]
    this.#byRemote.clear()
    this.#update()
    await Promise.all(all.map(shared => shared.detach()))
  }

  #update(): void {
    this.#statuses = [...this.#byRemote].map(([remote, shared]) => ({ remote, ...shared.status }))
    this.#changes.emit()
  }
}

/** One attached remote: loads what it takes, and tries again where that fails. */
export class SharedAttachment {
  users = 0
  readonly #engine: AttachableEngine
  readonly #remote: Remote
  readonly #options: AttachOptions
  readonly #statuses = new Emitter<SyncStatus>()
  readonly #stop = new AbortController()
  readonly #backoff = new Backoff()
  #starting: Promise<RemoteAttachment> | undefined
  #attachment: RemoteAttachment | undefined
  #blobs: Promise<RemoteLog> | undefined

  constructor(engine: AttachableEngine, remote: Remote, options: AttachOptions) {
    this.#engine = engine
    this.#remote = remote
    this.#options = options
    this.#start().catch(error => this.#startAgain(error))
  }

  get status(): SyncStatus {
    return this.#attachment?.getSnapshot() ?? INITIAL_STATUS
  }

  subscribe(listener: (status: SyncStatus) => void): () => void {
    return this.#statuses.subscribe(listener)
  }

  async synced(): Promise<void> {
    return (await this.#start()).synced()
  }

  async firstOf(clocks: unknown): Promise<number | undefined> {
    return (await this.#start()).firstOf(clocks)
  }

  async readBlob(
    store: LogRights,
    name: string,
    { range, signal }: GetBlobOptions & { readonly range: object },
  ): Promise<Uint8Array | undefined> {
    this.#blobs ??= import('./remote-part.js')
      .then(({ REMOTE_PART }) => this.#remote.open(REMOTE_PART.logAccess(store)))
      .catch(error => {
        this.#blobs = undefined
        throw error
      })
    const stop = this.#stop.signal
    const either = signal === undefined ? stop : AbortSignal.any([stop, signal])
    return (await this.#blobs).getBlob(name, { range, signal: either })
  }

  async deleteRemote(): Promise<void> {
    return (await this.#start()).deleteRemote()
  }

  async detach(): Promise<void> {
    this.#stop.abort()
    const attachment = await this.#starting?.catch(() => undefined)
    await attachment?.detach()
    const blobs = await this.#blobs?.catch(() => undefined)
    blobs?.close()
  }

  #start(): Promise<RemoteAttachment> {
    this.#starting ??= this.#attach().catch(error => {
      this.#starting = undefined
      throw error
    })
    return this.#starting
  }

  async #attach(): Promise<RemoteAttachment> {
    const { REMOTE_PART } = await import('./remote-part.js')
    if (this.#stop.signal.aborted) throw new FirekeepError('CLOSED', 'the remote is detached')
    const attachment = await REMOTE_PART.attachRemote(this.#engine, this.#remote, this.#options)
    this.#attachment = attachment
    attachment.subscribe(status => this.#statuses.emit(status))
    this.#statuses.emit(attachment.getSnapshot())
    return attachment
  }

  async #startAgain(error: unknown): Promise<void> {
    if (hasErrorCode(error, 'CLOSED') || this.#stop.signal.aborted) return
    this.#options.onError(toFirekeepError(error))
    // What is wrong with the options or the database stays wrong.
    if (hasErrorCode(error, 'DATABASE_MISMATCH')) return
    await this.#engine.environment.delay(this.#backoff.next(Math.random), this.#stop.signal)
    this.#start().catch(error => this.#startAgain(error))
  }
}
