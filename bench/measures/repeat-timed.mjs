import { timed } from './timed.mjs'

/** So that a slow contender does not hold up the run, none repeats longer than that, half of it to warm up. */
const ENOUGH_MS = 10_000

/**
 * The milliseconds of each run of `work` after the warm-up. Where they take long there may be fewer than asked
 * for, one at least.
 *
 * @param {{ warmUp: number, times: number }} count
 * @param {(i: number) => Promise<unknown>} work gets the number of the run, from 0, the warm-up's included
 */
export async function repeatTimed({ warmUp, times }, work) {
  const start = performance.now()
  const hasTaken = (/** @type {number} */ limit) => performance.now() - start > limit
  let i = 0
  while (i < warmUp && !hasTaken(ENOUGH_MS / 2)) await work(i++)
  const measured = []
  do measured.push(await timed(() => work(i++)))
  while (measured.length < times && !hasTaken(ENOUGH_MS))
  return measured
}
