import { FirekeepError } from '../errors.js'
import { invalidOption } from './invalid-option.js'

/**
 * What a caller gave as options, known to be an object with no other options than the allowed ones: a typing
 * mistake or an option of a later version is refused with `INVALID_OPTION`, never ignored. An option that is
 * `undefined` counts as absent.
 */
export class CheckedOptions {
  readonly #given: Readonly<Record<string, unknown>>

  constructor(options: unknown, allowed: readonly string[]) {
    this.#given = checkNames(options, allowed)
  }

  get(option: string): unknown {
    return this.#given[option]
  }

  has(option: string): boolean {
    return this.#given[option] !== undefined
  }

  /** An option that is true or false. */
  flag(option: string, otherwise: boolean): boolean {
    const value = this.#given[option]
    if (value === undefined) return otherwise
    if (typeof value !== 'boolean') throw invalidOption(option, 'is true or false')
    return value
  }

  /** An option that calls the work off. */
  signal(option: string): AbortSignal | undefined {
    const value = this.#given[option]
    if (value === undefined || isAbortSignal(value)) return value
    throw invalidOption(option, 'is an `AbortSignal`')
  }

  /** An option that counts something: a whole number from 0. */
  count(option: string, otherwise: number): number {
    const value = this.#given[option]
    if (value === undefined || value === otherwise) return otherwise
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
      throw invalidOption(option, 'is a whole number from 0')
    }
    return value
  }
}

/** By what it can do: one of another realm is none by its class. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}

function checkNames(options: unknown, allowed: readonly string[]): Readonly<Record<string, unknown>> {
  if (options === undefined) return {}
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new FirekeepError('INVALID_OPTION', 'the options of a query are an object')
  }
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || allowed.includes(option)) continue
    throw invalidOption(option, `is not known here; known are ${allowed.join(', ')}`)
  }
  return options as Readonly<Record<string, unknown>>
}
