import { sumCounts } from './count-tests.mjs'

/**
 * @typedef {object} Check
 * @property {string} name what it makes sure of, in a few words
 * @property {() => Promise<void>} run rejects with a message for humans where it does not hold
 *
 * @typedef {import('./count-tests.mjs').TestCount} TestCount
 */

/**
 * Runs checks one after the other, each under a heading of its own and whether or not an earlier one failed, and
 * counts each as one test.
 *
 * @param {readonly Check[]} checks
 * @returns {Promise<TestCount>}
 */
export async function runChecks(checks) {
  const counts = []
  for (const check of checks) counts.push(await runCheck(check))
  return sumCounts(counts)
}

/**
 * @param {Check} check
 * @returns {Promise<TestCount>}
 */
async function runCheck(check) {
  const start = performance.now()
  console.log(`\n== ${check.name}`)
  try {
    await check.run()
    console.log(`passed in ${((performance.now() - start) / 1000).toFixed(1)} s`)
    return { passed: 1, failed: [], skipped: [] }
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    return { passed: 0, failed: [check.name], skipped: [] }
  }
}
