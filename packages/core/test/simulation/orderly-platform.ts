import { vi } from 'vitest'
import { Dice } from './dice.js'

type Method = (...input: unknown[]) => Promise<unknown>

const METHODS = [
  'deriveBits',
  'decrypt',
  'digest',
  'encrypt',
  'exportKey',
  'importKey',
  'sign',
  'verify',
] as const

/**
 * Takes from the platform what would make two runs differ: WebCrypto works on other threads, so its calls are made
 * one at a time here, in their order; the clock that work gives way by is virtual; what an `Emitter` would print is kept.
 */
export class OrderlyPlatform {
  /** Errors that nobody was there to hear. */
  readonly uncaught: unknown[] = []
  readonly #undo: (() => void)[] = []
  #last: Promise<unknown> = Promise.resolve()
  #underWay = 0
  #calls = 0

  constructor(seed: number, now: () => number) {
    const dice = new Dice(seed)
    const { subtle } = globalThis.crypto
    for (const name of METHODS) {
      const method = subtle[name].bind(subtle) as unknown as Method
      this.#replace(subtle, name, (...input: unknown[]) => this.#inTurn(() => method(...input)))
    }
    this.#replace(performance, 'now', now)
    this.#replace(Math, 'random', () => dice.fraction())
    this.#replace(globalThis, 'reportError', (error: unknown) => this.uncaught.push(error))
  }

  /** Resolves when nothing goes on that does not wait for virtual time. */
  async quiet(): Promise<void> {
    for (let idle = 0; idle < 2; ) {
      const calls = this.#calls
      while (this.#underWay > 0) await this.#last
      await nextTurn()
      idle = this.#calls === calls ? idle + 1 : 0
    }
  }

  /** As {@link OrderlyPlatform.quiet}, where parts of the library may have to be loaded. */
  async loaded(isDone: () => boolean): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      await this.quiet()
      if (isDone()) return
      await vi.dynamicImportSettled()
    }
  }

  restore(): void {
    for (const undo of this.#undo.splice(0)) undo()
  }

  #inTurn(call: () => Promise<unknown>): Promise<unknown> {
    this.#calls += 1
    this.#underWay += 1
    const answer = this.#last.then(call).finally(() => {
      this.#underWay -= 1
    })
    this.#last = answer.catch(() => undefined)
    return answer
  }

  #replace(object: object, name: string, value: unknown): void {
    const before = Object.getOwnPropertyDescriptor(object, name)
    Object.defineProperty(object, name, { value, configurable: true, writable: true })
    this.#undo.push(() => {
      if (before === undefined) Reflect.deleteProperty(object, name)
      else Object.defineProperty(object, name, before)
    })
  }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
