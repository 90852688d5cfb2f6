import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { closingLine, countReport, sumCounts } from './count-tests.mjs'

/** @type {string[]} */
const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

describe('the count of a test report', () => {
  test('has passed tests, and the names of failed and skipped ones', () => {
    const assertionResults = ['passed', 'passed', 'failed', 'pending', 'skipped', 'todo'].map(
      (status, index) => ({
        fullName: `test ${index}`,
        status,
      }),
    )
    const report = {
      success: false,
      testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults }],
    }
    expect(count(report)).toEqual({
      passed: 2,
      failed: ['core: test 2'],
      skipped: ['core: test 3', 'core: test 4', 'core: test 5'],
    })
  })

  test('takes a file that did not load for a failure', () => {
    const report = {
      success: false,
      testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }],
    }
    expect(count(report)).toMatchObject({ passed: 0, failed: ['core: a.test.ts did not load'] })
  })

  test('takes a run without success for a failure although every test passed', () => {
    const assertionResults = [{ fullName: 'test', status: 'passed' }]
    const report = {
      success: false,
      testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults }],
    }
    expect(count(report)).toMatchObject({ passed: 1, failed: [expect.stringContaining('did not end well')] })
  })

  test('takes a report without tests, a broken one and a missing one for failures', () => {
    expect(count({ success: true, testResults: [] }).failed).toEqual(['core: no test ran'])
    expect(count('{').failed).toHaveLength(1)
    expect(countReport('/nowhere/report.json', 'core').failed).toHaveLength(1)
  })
})

describe('the closing line', () => {
  test('names skipped tests only where there are some', () => {
    expect(closingLine({ passed: 3, failed: [], skipped: [] })).toBe('3 passed, 0 failed')
    expect(closingLine({ passed: 3, failed: ['a'], skipped: ['b', 'c'] })).toBe(
      '3 passed, 1 failed, 2 skipped',
    )
  })

  test('adds up packages', () => {
    const one = { passed: 1, failed: ['a'], skipped: [] }
    const two = { passed: 2, failed: [], skipped: ['b'] }
    expect(sumCounts([one, two])).toEqual({ passed: 3, failed: ['a'], skipped: ['b'] })
    expect(sumCounts([])).toEqual({ passed: 0, failed: [], skipped: [] })
  })
})

/** @param {unknown} report */
function count(report) {
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-count-'))
  folders.push(folder)
  const file = join(folder, 'vitest.json')
  writeFileSync(file, typeof report === 'string' ? report : JSON.stringify(report))
  return countReport(file, 'core')
}
