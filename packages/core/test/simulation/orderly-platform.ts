import crypto, { type PrivateKeyInput } from 'node:crypto'
import { Dice } from './dice.js'
import { KnownAnswers } from './known-answers.js'
// What the library loads when it is first needed takes real time: it is to be there before.
import '../../src/database/archive-part.js'
import '../../src/database/core-part.js'
import '../../src/database/engine-part.js'
import '../../src/database/sync/remote-part.js'
import '../../src/database/versions-part.js'

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

const KNOWN = KnownAnswers.shared

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
      const call = (...input: unknown[]) => KNOWN.answer(name, input, () => method(...input))
      this.#replace(subtle, name, (...input: unknown[]) => this.#inTurn(() => call(...input)))
    }
    const { createPrivateKey } = crypto
    this.#replace(crypto, 'createPrivateKey', (key: PrivateKeyInput) =>
      KNOWN.answer('createPrivateKey', [key], () => createPrivateKey(key)),
    )
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

  restore(): void {
    for (const undo of this.#undo.splice(0)) undo()
  }

  #inTurn(call: () => Promise<unknown>): Promise<unknown> {
    this.#calls += 1
    this.#underWay += 1
    // Answers that are known take a turn as well: else it would make a difference whether they are.
    const answer = this.#last
      .then(async () => (await Promise.all([call(), nextTurn()]))[0])
      .finally(() => {
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
