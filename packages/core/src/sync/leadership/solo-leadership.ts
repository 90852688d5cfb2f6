import { FirekeepError } from '../../errors.js'
import { Emitter } from '../../primitives/emitter.js'
import type { Leadership } from './leadership.js'
import { SyncRequests } from './sync-requests.js'

/** Where nothing is shared with other tabs: leads until it is closed. */
export class SoloLeadership<Status> implements Leadership<Status> {
  readonly #changes = new Emitter<boolean>()
  readonly #pokes = new Emitter<void>()
  readonly #requests = new SyncRequests({ id: '', isLeader: () => this.isLeader, post: () => undefined })
  #isClosed = false

  get isLeader(): boolean {
    return !this.#isClosed
  }

  onChange(listener: (isLeader: boolean) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  async assertLeader(): Promise<void> {
    if (this.#isClosed) throw new FirekeepError('CLOSED', 'the remote was detached')
  }

  publish(): void {
    // Nobody follows.
  }

  onStatus(): () => void {
    return () => undefined
  }

  poke(): void {
    if (!this.#isClosed) this.#pokes.emit()
  }

  onPoke(listener: () => void): () => void {
    return this.#pokes.subscribe(listener)
  }

  requestSync(clock: readonly string[], signal?: AbortSignal): Promise<void> {
    return this.#requests.request(clock, signal)
  }

  serveSync(handler: (clock: readonly string[]) => Promise<void>): () => void {
    return this.#requests.serve(handler)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#requests.close()
    this.#changes.emit(false)
  }
}
