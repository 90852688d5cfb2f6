import { readFileSync } from 'node:fs'

/**
 * @typedef {object} TestCount
 * @property {number} passed
 * @property {string[]} failed the names of what failed
 * @property {string[]} skipped the names of what was skipped
 */

/**
 * Adds up counts.
 *
 * @param {readonly TestCount[]} counts
 * @returns {TestCount}
 */
export function sumCounts(counts) {
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.flatMap(count => count.failed),
    skipped: counts.flatMap(count => count.skipped),
  }
}

/**
 * The closing line of a run: `3 passed, 0 failed, 1 skipped`.
 *
 * @param {TestCount} count
 * @returns {string}
 */
export function closingLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed.length} failed`
  return skipped.length === 0 ? line : `${line}, ${skipped.length} skipped`
}

/**
 * Counts a JSON report of vitest. A file that did not load counts as one failure, and so does a report that
 * cannot be read, one without any test, and one that calls itself unsuccessful without naming a failed test.
 *
 * @param {string} path of the report
 * @param {string} owner the package, which starts every name
 * @returns {TestCount}
 */
export function countReport(path, owner) {
  let report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    return onlyFailure(`${owner}: the report ${path} cannot be read: ${error}`)
  }
  const count = sumCounts(
    (report.testResults ?? []).map((/** @type {FileResult} */ file) => countFile(file, owner)),
  )
  const isEmpty = count.passed + count.failed.length + count.skipped.length === 0
  if (isEmpty) return onlyFailure(`${owner}: no test ran`)
  if (report.success !== true && count.failed.length === 0) {
    count.failed.push(`${owner}: the run did not end well; see the output above`)
  }
  return count
}

/**
 * A count of nothing but one failure.
 *
 * @param {string} name
 * @returns {TestCount}
 */
export function onlyFailure(name) {
  return { passed: 0, failed: [name], skipped: [] }
}

/**
 * @typedef {{ name: string, status: string, message?: string, assertionResults: AssertionResult[] }} FileResult
 * @typedef {{ fullName: string, status: string }} AssertionResult
 */

/**
 * @param {FileResult} file
 * @param {string} owner
 * @returns {TestCount}
 */
function countFile(file, owner) {
  /** @type {TestCount} */
  const count = { passed: 0, failed: [], skipped: [] }
  for (const { fullName, status } of file.assertionResults) {
    const name = `${owner}: ${fullName}`
    if (status === 'passed') count.passed += 1
    else if (status === 'failed') count.failed.push(name)
    else count.skipped.push(name)
  }
  if (file.status === 'failed' && count.failed.length === 0)
    count.failed.push(`${owner}: ${file.name} did not load`)
  return count
}
