import { FirekeepError } from '../../errors.js'
import type { Clock } from '../document-types.js'

const GROUPS = /.{4}/g
const LETTERS = 12

/**
 * A clock as a short text to compare by eye: three groups of four letters, each of `a` to `z` and `2` to `7`. Two devices that show the same text
 * have the same state: the texts of different clocks differ, but for one chance in 2^60. The order of the ids in the
 * clock does not matter. Rejects with `INVALID_OPTION` for what is no clock.
 *
 * @example
 * ```ts
 * await clockFingerprint(await db.clock()) // 'qzvw-b2xe-7ouc'
 * ```
 */
export async function clockFingerprint(clock: Clock): Promise<string> {
  if (!Array.isArray(clock) || !clock.every(text => typeof text === 'string'))
    throw new FirekeepError('INVALID_OPTION', 'a fingerprint is of a clock: an array of strings')
  const text = [...new Set(clock)].sort().join('\n')
  const { CORE_PART } = await import('../core-part.js')
  return (CORE_PART.digestName(text).slice(0, LETTERS).match(GROUPS) as string[]).join('-')
}
