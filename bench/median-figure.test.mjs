import { expect, test } from 'vitest'
import { medianFigure } from './median-figure.mjs'

/** @type {(round: number, contender: string, p50: number) => import('./median-figure.mjs').CellResult} */
const cell = (round, contender, p50) => ({ round, contender, measure: 'put', figures: { p50 } })
const NAME = { contender: 'firekeep', measure: 'put', figure: 'p50' }

test('a ratio is the median of the ratios within the rounds, not the ratio of the medians', () => {
  const results = [
    ...[cell(1, 'floor', 10), cell(1, 'firekeep', 20)],
    ...[cell(2, 'floor', 100), cell(2, 'firekeep', 300)],
    ...[cell(3, 'floor', 1), cell(3, 'firekeep', 4)],
  ]
  expect(medianFigure(results, NAME)).toBe(20)
  expect(medianFigure(results, NAME, { ...NAME, contender: 'floor' })).toBe(3)
})

test('what was not measured has no median, and no ratio without its base', () => {
  const results = [cell(1, 'firekeep', 20)]
  expect(medianFigure(results, { ...NAME, contender: 'dexie' })).toBeUndefined()
  expect(medianFigure(results, { ...NAME, figure: 'p99' })).toBeUndefined()
  expect(medianFigure(results, NAME, { ...NAME, contender: 'floor' })).toBeUndefined()
})

test('a ratio may be to another figure of the same round', () => {
  const results = [{ ...cell(1, 'firekeep', 20), figures: { p50: 20, p99: 80 } }]
  expect(medianFigure(results, { ...NAME, figure: 'p99' }, NAME)).toBe(4)
})
