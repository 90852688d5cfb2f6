import { setTimeout as wait } from 'node:timers/promises'

const MOST_POINTS = 4

/**
 * Looks an applicant up in the register of traffic offences. This one is made up: it takes a while, as a real one would,
 * and says the same each time. `idempotencyKey` is what a real one would know a repeated question by.
 *
 * @param {{ name: string, born: string }} applicant
 * @param {{ pace: number, signal: AbortSignal, idempotencyKey: string }} options
 * @returns {Promise<{ points: number }>}
 */
export async function lookUp({ name, born }, { pace, signal, idempotencyKey }) {
  if (idempotencyKey === '') throw new Error('The register was asked without a key.')
  await wait(pace, undefined, { signal })
  let sum = 0
  for (const unit of name + born) sum = (sum * 31 + (unit.codePointAt(0) ?? 0)) >>> 0
  return { points: sum % 2 === 0 ? 0 : 1 + (sum % MOST_POINTS) }
}
