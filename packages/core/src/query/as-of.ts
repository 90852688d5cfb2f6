import { invalidOption } from './invalid-option.js'

/**
 * The moment that options name: a copy, as the caller may change his; `undefined` for now. `INVALID_OPTION` for what
 * cannot be a clock; whether the texts in it are ids of commits is seen when they are looked up.
 */
export function readAsOf(options: unknown): readonly string[] | undefined {
  const clock = (options as { readonly asOf?: unknown } | null | undefined)?.asOf
  if (clock === undefined) return undefined
  if (Array.isArray(clock) && clock.every(text => typeof text === 'string')) return [...clock]
  throw invalidOption(
    'asOf',
    'is a clock: the array of strings that `put`, `clock()`, a change or an entry of the history gave',
  )
}
