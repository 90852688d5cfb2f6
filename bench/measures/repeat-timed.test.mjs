import { expect, test, vi } from 'vitest'
import { repeatTimed } from './repeat-timed.mjs'

/** @type {(taking: number) => Promise<{ runs: number[], times: number[] }>} */
async function repeat(taking) {
  let clock = 0
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  /** @type {number[]} */
  const runs = []
  const times = await repeatTimed({ warmUp: 2, times: 3 }, async i => {
    runs.push(i)
    clock += taking
  })
  return { runs, times }
}

test('the runs of the warm-up are not measured', async () => {
  expect(await repeat(10)).toEqual({ runs: [0, 1, 2, 3, 4], times: [10, 10, 10] })
})

test('what takes long is repeated less often, and measured once at least', async () => {
  expect(await repeat(4_000)).toEqual({ runs: [0, 1, 2], times: [4_000] })
  expect(await repeat(60_000)).toEqual({ runs: [0, 1], times: [60_000] })
})
