import { expect, test } from 'vitest'
import { CONTENDERS } from './contenders/contenders.mjs'
import { MEASURES } from './measures/measures.mjs'
import { planCells } from './plan-cells.mjs'

/** @type {(wanted: { environment: 'node' | 'chromium', rounds: number, only?: string, chosen?: string[] }) => string[]} */
const plan = wanted =>
  planCells({ contenders: CONTENDERS, measures: MEASURES, ...wanted }).map(
    ({ round, measure, contender }) => `${round} ${measure} ${contender}`,
  )

test('within a round all contenders follow each other at one measure, and another begins in the next', () => {
  expect(plan({ environment: 'node', rounds: 2, only: 'awaited' })).toEqual([
    '1 awaited-put floor',
    '1 awaited-put floor-with-crypto',
    '1 awaited-put firekeep',
    '2 awaited-put floor-with-crypto',
    '2 awaited-put firekeep',
    '2 awaited-put floor',
  ])
})

test('a contender that is asked for comes with the floors of its measures and nobody else', () => {
  const cells = plan({ environment: 'chromium', rounds: 1, only: 'dexie' })
  expect(cells).toContain('1 bulk floor')
  expect(cells).toContain('1 warm-get dexie')
  expect(cells.some(cell => cell.endsWith('firekeep'))).toBe(false)
})

test('a contender runs only where it can, at what it can', () => {
  const cells = plan({ environment: 'node', rounds: 1 })
  expect(cells.some(cell => cell.endsWith('dexie'))).toBe(false)
  expect(cells.filter(cell => cell.includes('warm-get'))).toEqual(['1 warm-get firekeep'])
})

test('the contenders that are chosen come with the floors and nobody else', () => {
  const cells = plan({ environment: 'chromium', rounds: 1, only: 'bulk', chosen: ['yjs', 'dexie'] })
  expect(cells.filter(cell => cell.includes(' bulk '))).toEqual([
    ...['floor', 'floor-with-crypto', 'floor-one-transaction', 'floor-transactions', 'dexie', 'yjs'].map(
      contender => `1 bulk ${contender}`,
    ),
  ])
  expect(() => plan({ environment: 'chromium', rounds: 1, chosen: ['sqlite'] })).toThrow(
    'no contender sqlite',
  )
})

test('measures that take long have fewer rounds', () => {
  const cells = plan({ environment: 'chromium', rounds: 5, chosen: ['dexie'] })
  expect(cells.filter(cell => cell.includes('query-100k'))).toHaveLength(3)
  expect(cells.filter(cell => cell.includes('warm-get'))).toHaveLength(5)
})

test('nothing is planned for a name that nothing has', () => {
  expect(plan({ environment: 'node', rounds: 3, only: 'nothing' })).toEqual([])
})
