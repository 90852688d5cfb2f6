import { FirekeepError } from '../errors.js'
import type { Engine } from './engine.js'

/** Handles that have something open: a subscription lives on when its caller keeps nothing but the subscription. */
const inUse = new Set<object>()

export interface HandleLifetimeParts {
  readonly handle: object
  readonly engine: Engine
  /** Gives up the share of the engine. */
  readonly release: () => Promise<void>
}

/** How long a handle can be used, and what ends with it. */
export class HandleLifetime {
  readonly #parts: HandleLifetimeParts
  /** What to end when the handle is closed. */
  readonly #open = new Set<() => unknown>()
  #closing: Promise<void> | undefined

  constructor(parts: HandleLifetimeParts) {
    this.#parts = parts
  }

  /** The engine, as long as it may be used; then `CLOSED`. */
  use(): Engine {
    const { engine } = this.#parts
    if (this.#closing !== undefined || engine.isClosed) {
      throw new FirekeepError(
        'CLOSED',
        `database ${JSON.stringify(engine.name)} is closed; open it again with firekeep(name)`,
      )
    }
    return engine
  }

  /** Calls `end` when the handle is closed, unless what is returned was called before. */
  endWithHandle<T>(end: () => T): () => T {
    const { handle } = this.#parts
    let ended: { readonly result: T } | undefined
    const endOnce = () => {
      this.#open.delete(endOnce)
      if (this.#open.size === 0) inUse.delete(handle)
      ended ??= { result: end() }
      return ended.result
    }
    this.#open.add(endOnce)
    inUse.add(handle)
    return endOnce
  }

  /** Calls `listener` when the handle is closed, or the engine under it. */
  onClosed(listener: () => void): () => void {
    let isOver = false
    const stop = this.use().onClose(listener)
    const end = this.endWithHandle(() => {
      stop()
      if (!isOver) listener()
    })
    return () => {
      isOver = true
      end()
    }
  }

  /** Waits for the writes issued so far. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#parts.engine.queue.settled
    await Promise.all([...this.#open].map(end => end()))
    await this.#parts.release()
  }
}
