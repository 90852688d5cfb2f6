import { expect, test } from 'vitest'
import { CONTENDERS } from './contenders/contenders.mjs'
import { BUNDLE_SIZE } from './measures/bundle-size.mjs'
import { MEASURES } from './measures/measures.mjs'
import { TARGETS } from './targets.mjs'
import { writeReport } from './write-report.mjs'

const KNOWN = { contenders: CONTENDERS, measures: [...MEASURES, BUNDLE_SIZE], targets: TARGETS }

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

test('each group has a table of medians with units and ratios, a dash for what is missing, and the targets below', () => {
  const cells = [
    { round: 1, contender: 'floor', measure: 'awaited-put', figures: { p50: 0.8, p99: 2 } },
    { round: 1, contender: 'firekeep', measure: 'awaited-put', figures: { p50: 1, p99: 3_000 } },
    { round: 1, contender: 'dexie', measure: 'bulk', figures: { time: 5 } },
    { round: 1, contender: 'firekeep', measure: 'live-10k', figures: { put: 2, manyRows: 3 } },
    { round: 1, contender: 'firekeep', measure: 'warm-get', figures: { p50: 12.345 } },
    { round: 1, contender: 'dexie', measure: 'bundle-size', figures: { minified: 95.12, gzip: 31 } },
  ]
  const [, ...tables] = writeReport({ conditions: CONDITIONS, cells }, KNOWN).split('\n\n')
  expect(tables).toEqual([
    `| Writing | floor | Firekeep | Dexie |
| --- | --: | --: | --: |
| awaited put, p50 | 0.8 ms | 1 ms (1.25 ×) | – |
| awaited put, p99 | 2 ms | 3,000 ms (1,500 ×) | – |
| 1,000 documents in one call, time | – | – | 5 ms |`,
    `| Reading | Firekeep |
| --- | --: |
| warm get, p50 of batches of 1,000 | 12.3 µs |
| live query at 10,000, put without one, p50 | 2 ms |
| live query at 10,000, 1,000 rows, put to listener, p50 | 3 ms |`,
    `| Size | Dexie |
| --- | --: |
| bundle, minified | 95.1 kB |
| bundle, minified and gzipped | 31 kB |`,
    `| Firekeep is to reach | at most | measured |  |
| --- | --: | --: | --: |
| awaited put, p50 ÷ floor | 1.25 × | 1.25 × | met |
| warm get, p50 of batches of 1,000 | 10 µs | 12.3 µs | missed |
| live query at 10,000, 1,000 rows, put to listener, p50 ÷ live query at 10,000, put without one, p50 | 1.2 × | 1.5 × | missed |`,
  ])
})

test('what a peer could not do is said in its place', () => {
  const cells = [
    { round: 1, contender: 'dexie', measure: 'cold-10k', figures: { get: 5, query: 7 } },
    { round: 1, contender: 'rxdb', measure: 'cold-10k', figures: {}, note: 'gave up after 150 s' },
    { round: 1, contender: 'yjs', measure: 'cold-10k', figures: {}, note: 'Error: no such thing' },
  ]
  expect(writeReport({ conditions: CONDITIONS, cells }, KNOWN)).toContain(
    '| cold start at 10,000, load, open and first get | 5 ms | gave up after 150 s | failed |',
  )
})

test('the conditions come first and say at which durability', () => {
  const report = writeReport({ conditions: CONDITIONS, cells: [] }, KNOWN)
  expect(report).toMatch(/^A processor, 2 cores, linux x64; Chromium 1\.2\.3; durability: relaxed\./)
})

test('every target, and what it is a ratio to, names a contender, a measure and a figure that there are', () => {
  for (const target of TARGETS) {
    for (const name of [target, { contender: 'firekeep', ...target, ...target.against }]) {
      const figures = MEASURES.find(({ id }) => id === name.measure)?.figures ?? []
      expect(figures.map(({ id }) => id)).toContain(name.figure)
      if ('contender' in name) expect(CONTENDERS.map(({ id }) => id)).toContain(name.contender)
    }
  }
})
