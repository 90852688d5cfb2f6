/** Longer inputs are computed each time. */
const LONGEST_INPUT = 4096
const MOST_ANSWERS = 50_000
const TOO_LONG = 'x'.repeat(LONGEST_INPUT + 1)

/**
 * Answers of pure functions of cryptography, by what they were asked: simulations ask the same a great many times, as
 * every replica checks every signature. Answers are shared by all simulations of a process.
 */
export class KnownAnswers {
  static readonly shared = new KnownAnswers()
  readonly #answers = new Map<string, unknown>()
  readonly #numberByKey = new WeakMap<object, number>()
  #keys = 0

  /** The answer to a call, computed where it is not known yet. */
  answer<T>(name: string, input: readonly unknown[], compute: () => T): T {
    const question = this.#textOf([name, ...input])
    if (question.length > LONGEST_INPUT) return compute()
    if (!this.#answers.has(question)) {
      if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear()
      this.#answers.set(question, compute())
    }
    return this.#answers.get(question) as T
  }

  #textOf(value: unknown): string {
    if (value instanceof Uint8Array)
      return value.length > LONGEST_INPUT ? TOO_LONG : `${value.length}:${latin1(value)}`
    if (Array.isArray(value)) return value.map(each => this.#textOf(each)).join()
    if (typeof value !== 'object' || value === null) return String(value)
    if (Object.getPrototypeOf(value) === Object.prototype)
      return `{${this.#textOf(Object.entries(value).sort().flat())}}`
    return `key ${this.#numberOf(value)}`
  }

  /** Keys are opaque; one that is made of the same bytes is the same. */
  #numberOf(key: object): number {
    const known = this.#numberByKey.get(key)
    if (known !== undefined) return known
    this.#keys += 1
    this.#numberByKey.set(key, this.#keys)
    return this.#keys
  }
}

/** A character for each byte: the questions are many, and this is their shortest text. */
function latin1({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1')
}
