import { expect, test } from 'vitest'
import { CONTENDERS } from './contenders/contenders.mjs'
import { MEASURES } from './measures/measures.mjs'
import { TARGETS } from './targets.mjs'
import { writeReport } from './write-report.mjs'

const KNOWN = { contenders: CONTENDERS, measures: MEASURES, targets: TARGETS }

/** @type {import('./conditions.mjs').Conditions} */
const CONDITIONS = {
  environment: 'chromium',
  system: 'linux x64',
  cpu: 'A processor',
  cores: 2,
  versions: { Chromium: '1.2.3' },
  durability: 'relaxed',
  documentBytes: 300,
  recordBytes: { put: 900, bulk: 400_000 },
  rounds: 1,
}

test('the table has medians with units and ratios, a dash for what is missing, and the targets below', () => {
  const cells = [
    { round: 1, contender: 'floor', measure: 'awaited-put', figures: { p50: 0.8, p99: 2 } },
    { round: 1, contender: 'firekeep', measure: 'awaited-put', figures: { p50: 1, p99: 3_000 } },
    { round: 1, contender: 'firekeep', measure: 'warm-get', figures: { p50: 12.345 } },
  ]
  const [, ...tables] = writeReport({ conditions: CONDITIONS, cells }, KNOWN).split('\n\n')
  expect(tables).toEqual([
    `|  | floor | Firekeep |
| --- | --: | --: |
| awaited put, p50 | 0.8 ms | 1 ms (1.25 ×) |
| awaited put, p99 | 2 ms | 3,000 ms (1,500 ×) |
| warm get, p50 of batches of 1,000 | – | 12.3 µs |`,
    `| Firekeep is to reach | at most | measured |  |
| --- | --: | --: | --: |
| awaited put, p50 ÷ floor | 1.25 × | 1.25 × | met |
| warm get, p50 of batches of 1,000 | 20 µs | 12.3 µs | met |`,
  ])
})

test('the conditions come first and say at which durability', () => {
  const report = writeReport({ conditions: CONDITIONS, cells: [] }, KNOWN)
  expect(report).toMatch(/^A processor, 2 cores, linux x64; Chromium 1\.2\.3; durability: relaxed\./)
})

test('every target names a measure and a figure that there are', () => {
  for (const { measure, figure } of TARGETS) {
    expect(MEASURES.find(({ id }) => id === measure)?.figures.map(({ id }) => id)).toContain(figure)
  }
})
