import { expect, test } from 'vitest'
import { lookUp } from './register.mjs'

const OPTIONS = { pace: 0, signal: new AbortController().signal, idempotencyKey: 'k' }

test('the register says the same each time, and not the same of all', async () => {
  const names = ['Ada', 'Charles', 'Mary', 'Grace', 'Alan', 'Edsger']
  const ask = () => Promise.all(names.map(name => lookUp({ name, born: '1990-05-17' }, OPTIONS)))
  const points = (await ask()).map(found => found.points)
  expect((await ask()).map(found => found.points)).toEqual(points)
  expect(new Set(points).size).toBeGreaterThan(1)
  expect(points.every(each => each >= 0 && each <= 4)).toBe(true)
})

test('a look into the register can be given up', async () => {
  const options = { ...OPTIONS, pace: 60_000, signal: AbortSignal.abort() }
  await expect(lookUp({ name: 'Ada', born: '' }, options)).rejects.toThrow()
})
