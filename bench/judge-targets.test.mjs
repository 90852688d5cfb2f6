import { expect, test } from 'vitest'
import { judgeTargets } from './judge-targets.mjs'

/** @type {(firekeep: number) => import('./median-figure.mjs').CellResult[]} */
const resultsOf = firekeep => [
  { round: 1, contender: 'floor', measure: 'put', figures: { p50: 2 } },
  { round: 1, contender: 'firekeep', measure: 'put', figures: { p50: firekeep } },
]
/** @type {import('./targets.mjs').Target} */
const RATIO = {
  environments: ['node'],
  measure: 'put',
  figure: 'p50',
  against: { contender: 'floor' },
  atMost: 2,
}
const ABSOLUTE = { environments: RATIO.environments, measure: 'put', figure: 'p50', atMost: 4 }

test.each(
  /** @type {const} */ ([
    [4, 'met'],
    [4.1, 'missed'],
    [6, 'missed'],
    [6.1, 'missed by far'],
  ]),
)('at %d with 4 allowed a target is %s, as a ratio and as a figure', (measured, outcome) => {
  const verdicts = judgeTargets(resultsOf(measured), [RATIO, ABSOLUTE], 'node')
  expect(verdicts.map(verdict => verdict.outcome)).toEqual([outcome, outcome])
})

test.each(
  /** @type {const} */ ([
    [4, 'met'],
    [3.9, 'missed'],
    [2.6, 'missed by far'],
  ]),
)('at %d with 4 asked for at least a target is %s', (measured, outcome) => {
  const target = { environments: RATIO.environments, measure: 'put', figure: 'p50', atLeast: 4 }
  expect(judgeTargets(resultsOf(measured), [target], 'node')).toMatchObject([{ outcome }])
})

test('targets of another environment and of what was not measured are left out', () => {
  const targets = [RATIO, { ...RATIO, measure: 'get' }, { ...RATIO, against: { contender: 'dexie' } }]
  expect(judgeTargets(resultsOf(1), targets, 'chromium')).toEqual([])
  expect(judgeTargets(resultsOf(1), targets, 'node')).toHaveLength(1)
})
