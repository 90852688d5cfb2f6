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

  it('goes on with the newest session when the one before has ended', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const sessions: unknown[] = []
    const upkeep = new Upkeep(
      [
        async ({ signal }) => {
          sessions.push(signal)
          if (signal !== first.signal) return
          upkeep.run({ signal: second.signal } as CaughtUp)
          first.abort()
        },
        async ({ signal }) => void sessions.push(signal),
      ],
      error => sessions.push(error),
    )
    upkeep.run({ signal: first.signal } as CaughtUp)
    await upkeep.settled()
    expect(sessions).toEqual([first.signal, second.signal, second.signal])
  })
})
