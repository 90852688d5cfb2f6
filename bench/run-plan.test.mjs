import { expect, test, vi } from 'vitest'
import { runPlan } from './run-plan.mjs'

const RECORD_BYTES = { put: 900, bulk: 400_000 }

/** @type {(contenders: string[], measure: string) => import('./run-cell.mjs').Cell[]} */
const planOf = (contenders, measure) =>
  [1, 2].flatMap(round => contenders.map(contender => ({ round, contender, measure })))

/** @type {(plan: import('./run-cell.mjs').Cell[], minutes?: number) => Promise<{ results: unknown[], lent: string[] }>} */
async function runWith(plan, minutes) {
  let clock = 0
  vi.spyOn(console, 'log').mockImplementation(() => {})
  /** @type {string[]} */
  const lent = []
  const results = await runPlan({
    plan,
    ...(minutes && { minutes }),
    runner: {
      async run({ contender, place }) {
        if (contender === 'dexie' || contender === 'firekeep') throw new Error('gave up after 1 s\nand more')
        clock += contender === 'fireproof' || contender === 'floor' ? 31_000 : 29_000
        return { time: Number(place.dir) }
      },
    },
    places: {
      lend(contender, documents, use) {
        clock += 60_000
        lent.push(`${contender} ${documents}`)
        return use('7')
      },
    },
    now: () => clock,
    placeIn: dir => ({ environment: 'chromium', dir, recordBytes: RECORD_BYTES }),
  })
  return { results, lent }
}

test('a peer that fails has a note instead of figures and is not tried again; others go on', async () => {
  const { results } = await runWith(planOf(['dexie', 'rxdb'], 'bulk'))
  expect(results).toEqual([
    { round: 1, contender: 'dexie', measure: 'bulk', figures: {}, note: 'gave up after 1 s' },
    { round: 1, contender: 'rxdb', measure: 'bulk', figures: { time: 7 } },
    { round: 2, contender: 'rxdb', measure: 'bulk', figures: { time: 7 } },
  ])
})

test('a failure of Firekeep ends the run', async () => {
  await expect(runWith(planOf(['firekeep'], 'bulk'))).rejects.toThrow(
    'bulk, firekeep failed: gave up after 1 s',
  )
})

test('a measure over a filled database gets one of its size', async () => {
  expect((await runWith(planOf(['rxdb'], 'cold-10k'))).lent).toEqual(['rxdb 10000', 'rxdb 10000'])
  expect((await runWith(planOf(['rxdb'], 'bulk'))).lent).toEqual(['rxdb 0', 'rxdb 0'])
})

test('a slow cell of a peer is not repeated, whatever the filling before it took; those of the floors are', async () => {
  const { lent } = await runWith(planOf(['floor', 'rxdb', 'fireproof'], 'bulk'))
  expect(lent).toEqual(['floor 0', 'rxdb 0', 'fireproof 0', 'floor 0', 'rxdb 0'])
})

test('when the time is over the first round is finished, and no other begun', async () => {
  const { lent } = await runWith(planOf(['floor', 'rxdb', 'tinybase'], 'bulk'), 1)
  expect(lent).toEqual(['floor 0', 'rxdb 0', 'tinybase 0'])
})
