import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { type CaughtUp, Upkeep, type UpkeepTask } from './upkeep.js'

const CAUGHT_UP = { signal: new AbortController().signal } as CaughtUp

async function reportedOf(error: unknown): Promise<unknown[]> {
  const reported: unknown[] = []
  const failing: UpkeepTask = async () => {
    throw error
  }
  const upkeep = new Upkeep([failing], each => void reported.push(each))
  upkeep.run(CAUGHT_UP)
  await upkeep.settled()
  return reported
}

describe('upkeep', () => {
  it('does not tell of a remote that asks to come later', async () => {
    const error = new FirekeepError('LIMIT_EXCEEDED', 'too much', { details: { retryAfter: 100 } })
    expect(await reportedOf(error)).toEqual([])
  })

  it('tells of a limit that stays', async () => {
    const error = new FirekeepError('LIMIT_EXCEEDED', 'too large')
    expect(await reportedOf(error)).toEqual([error])
  })
})
