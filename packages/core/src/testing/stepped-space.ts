import { FirekeepError } from '../errors.js'
import type { Storage, StorageSpace } from '../storage/storage.js'

/** A storage call that waits for its turn. */
interface WaitingCall {
  /** Makes the call; resolves when it has ended, well or not. */
  readonly make: () => Promise<void>
  readonly fail: () => void
}

/**
 * Another way to a space, whose holder goes on one storage call at a time: for tests that interleave two holders at
 * every call, or kill one there.
 *
 * It has an id of its own, so an engine opened through it is another one, as in another tab. While
 * {@link SteppedSpace.run} runs some work, each call on a storage of the space, reads included, waits for a
 * {@link SteppedSpace.step}; calls that are made at once go in the order made. Otherwise calls pass. Left alone
 * are the storage of the keys, opening and closing, and `watch`, whose hints are withheld during the work.
 *
 * A step waits until the work is at its next call or has ended. Work that waits for something else that only the
 * test can bring about, such as a lock that another holder has, makes it wait for ever.
 *
 * @example
 * ```ts
 * for (let calls = 0; ; calls += 1) {
 *   const space = createMemorySpace()
 *   const [a, b] = [new SteppedSpace(space, 'a'), new SteppedSpace(space, 'b')]
 *   const ends = [a.run(() => compact(a)), b.run(() => compact(b))]
 *   const isWithin = await a.step(calls)
 *   await b.step(Infinity) // `b` as a whole after `calls` calls of `a`; or `await a.kill()`
 *   await a.step(Infinity)
 *   await Promise.all(ends)
 *   if (!isWithin) break
 * }
 * ```
 */
export class SteppedSpace implements StorageSpace {
  readonly kind: StorageSpace['kind']
  readonly id: string
  readonly #space: StorageSpace
  readonly #waiting: WaitingCall[] = []
  readonly #wakers = new Set<() => void>()
  #works = 0
  #steps = 0
  #isDead = false

  constructor(space: StorageSpace, id: string) {
    this.kind = space.kind
    this.id = `${space.id}/${id}`
    this.#space = space
  }

  /** Calls that were let through one at a time. */
  get steps(): number {
    return this.#steps
  }

  async open(id: string): Promise<Storage> {
    const storage = await this.#space.open(id)
    return id === 'keys' ? storage : this.#stepped(storage)
  }

  list(): Promise<string[]> {
    return this.#space.list()
  }

  remove(id: string): Promise<void> {
    return this.#space.remove(id)
  }

  /** Runs work whose storage calls wait for steps, and settles as it does. What still waits then passes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.#works += 1
    try {
      return await work()
    } finally {
      this.#works -= 1
      if (this.#works === 0) for (const call of this.#waiting.splice(0)) void call.make()
      this.#wake()
    }
  }

  /**
   * Lets up to `count` calls happen, one after the other, and waits until the work is at its next call or has
   * ended. Answers whether it is at a call.
   */
  async step(count = 1): Promise<boolean> {
    for (let left = count; left > 0; left -= 1) {
      await this.#atCall()
      const call = this.#waiting.shift()
      if (call === undefined) return false
      this.#steps += 1
      await call.make()
    }
    await this.#atCall()
    return this.#waiting.length > 0
  }

  /**
   * Ends the holder, as a killed tab or process does: the call that waits and everything after it rejects with
   * `STORAGE_FAILED`. `after`: that call takes effect, but its caller does not hear of it.
   */
  async kill(when: 'before' | 'after' = 'before'): Promise<void> {
    await this.#atCall()
    this.#isDead = true
    if (when === 'after') await this.#waiting.shift()?.make()
    for (const call of this.#waiting.splice(0)) call.fail()
  }

  #stepped(storage: Storage): Storage {
    return {
      kind: storage.kind,
      get: key => this.#turn(() => storage.get(key)),
      getRange: (key, offset, length) => this.#turn(() => storage.getRange(key, offset, length)),
      list: prefix => this.#turn(() => storage.list(prefix)),
      getAll: prefix => this.#turn(() => storage.getAll(prefix)),
      batch: (puts, deletes, options) => this.#turn(() => storage.batch(puts, deletes, options)),
      info: () => this.#turn(() => storage.info()),
      persist: () => this.#turn(() => storage.persist()),
      watch: listener => storage.watch(() => this.#works === 0 && !this.#isDead && listener()),
      close: () => storage.close(),
    }
  }

  #turn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#isDead) return Promise.reject(killed())
    if (this.#works === 0) return act()
    return new Promise<T>((resolve, reject) => {
      const settle = (end: () => void): void => (this.#isDead ? reject(killed()) : end())
      this.#waiting.push({
        make: () =>
          act().then(
            value => settle(() => resolve(value)),
            error => settle(() => reject(error)),
          ),
        fail: () => reject(killed()),
      })
      this.#wake()
    })
  }

  /** Until a call waits or the work has ended, which may happen before the caller looks: then nothing waits any more. */
  async #atCall(): Promise<void> {
    while (this.#waiting.length === 0 && this.#works > 0) {
      await new Promise<void>(resolve => this.#wakers.add(resolve))
    }
  }

  #wake(): void {
    for (const wake of this.#wakers) wake()
    this.#wakers.clear()
  }
}

function killed(): FirekeepError {
  return new FirekeepError('STORAGE_FAILED', 'the holder of this storage was killed, as the test asked for')
}
