import { FirekeepError } from '../errors.js'
import { AFTER_ALL } from '../index/index-entry.js'
import type { CheckedOptions } from './checked-options.js'
import { invalidOption } from './invalid-option.js'
import { type BinaryRange, rangesBehind } from './ranges-behind.js'

/** What to read of an ordered map: parts of it, in ascending order and apart from each other. */
export interface ReadPlan {
  readonly ranges: readonly BinaryRange[]
  /** From the last to the first. */
  readonly reverse: boolean
  readonly limit: number
}

/** How the values in options become places in an ordered map. */
export interface KeySpace {
  /** The bytes of a key; `INVALID_QUERY` where the value is none. */
  encode(value: unknown): string
  /** What is appended to the bytes of a key to get behind everything under it. */
  readonly end: string
  /** `INVALID_QUERY` where the value is no prefix. */
  prefix(value: unknown): BinaryRange
  /** The place of a row: an ascending read behind it starts at `to`, a descending one ends at `from`. */
  place(row: object): BinaryRange
}

/**
 * Checks the options that choose rows and says what to read. `INVALID_QUERY` when two of `key`, `keys`, `range`
 * and `prefix` are given or a key is none; `INVALID_OPTION` for wrong types.
 */
export function planRead(options: CheckedOptions, space: KeySpace): ReadPlan {
  const reverse = options.flag('descending', false)
  const limit = options.count('limit', Number.POSITIVE_INFINITY)
  const chosen = chosenRanges(options, space)
  const after = options.get('after')
  const ranges = chosen.filter(({ from, to }) => from < to)
  if (after === undefined) return { ranges, reverse, limit }
  if (typeof after !== 'object' || after === null)
    throw invalidOption('after', 'takes a row of an earlier result')
  return { ranges: rangesBehind(ranges, space.place(after), reverse), reverse, limit }
}

const CHOICES = ['key', 'keys', 'range', 'prefix']
const EVERYTHING: BinaryRange = { from: '', to: AFTER_ALL }

function chosenRanges(options: CheckedOptions, space: KeySpace): BinaryRange[] {
  const [choice, another] = CHOICES.filter(option => options.has(option))
  if (another !== undefined) {
    throw new FirekeepError(
      'INVALID_QUERY',
      `\`${choice}\` and \`${another}\` exclude each other: give one of them`,
    )
  }
  if (choice === undefined) return [EVERYTHING]
  const value = options.get(choice)
  if (choice === 'key') return [keyRange(value, space)]
  if (choice === 'keys') return keysRanges(value, space)
  return [choice === 'range' ? pairRange(value, space) : space.prefix(value)]
}

function keyRange(key: unknown, space: KeySpace): BinaryRange {
  const from = space.encode(key)
  return { from, to: from + space.end }
}

function keysRanges(keys: unknown, space: KeySpace): BinaryRange[] {
  if (!Array.isArray(keys)) throw invalidOption('keys', 'takes an array of keys')
  const starts = new Set(keys.map(key => space.encode(key)))
  return [...starts].sort((a, b) => (a < b ? -1 : 1)).map(from => ({ from, to: from + space.end }))
}

function pairRange(pair: unknown, space: KeySpace): BinaryRange {
  if (!Array.isArray(pair) || pair.length !== 2) throw invalidOption('range', 'takes a pair: [from, to]')
  return { from: space.encode(pair[0]), to: space.encode(pair[1]) + space.end }
}
