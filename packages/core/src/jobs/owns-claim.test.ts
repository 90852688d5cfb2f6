import { describe, expect, it } from 'vitest'
import type { AnyDocument, Clock } from '../database/document-types.js'
import type { JobDatabase } from './decide.js'
import type { JobSpec } from './job-spec.js'
import { ownsClaim } from './owns-claim.js'

const SPEC: JobSpec = {
  ...{ field: 'state', claimField: 'claim', from: 'todo', select: undefined },
  ...{ running: 'doing', done: 'done', failed: 'failed' },
}

interface Version {
  readonly doc: AnyDocument
  readonly clock: Clock
}

/** A database that shows these versions of a document, and this history. */
function showing(versions: readonly Version[], history: readonly Version[] = versions): JobDatabase {
  return {
    resolve: async (_id: string, choose: (versions: readonly Version[]) => unknown) => choose(versions),
    async *history() {
      yield* history
    },
  } as unknown as JobDatabase
}

const claimed = (at: string, by: string, turn: number, more: AnyDocument = {}): Version => ({
  doc: { _id: 'x', state: 'doing', claim: { key: 'k', turn, by, attempt: 1, failures: 0 }, ...more },
  clock: [at],
})

/** Whether `me`, who claimed at `m` for the second turn, has it, in a log of this order. */
function owns(versions: readonly Version[], log: string, history = versions) {
  const record = { key: 'k', turn: 2, by: 'me', attempt: 1, failures: 0 }
  const firstOf = async (clocks: readonly Clock[]) => {
    const places = clocks.map(([commit]) => log.indexOf(commit as string))
    const there = places.filter(place => place >= 0)
    return there.length === 0 ? undefined : places.indexOf(Math.min(...there))
  }
  const claim = { id: 'x', record, content: {}, clock: ['m'] }
  return ownsClaim(claim, { db: showing(versions, history), spec: SPEC, attachment: { firstOf } })
}

describe('a claim', () => {
  const mine = claimed('m', 'me', 2)

  it('counts where nobody else claims the job', async () => {
    expect(await owns([mine], '')).toBe(true)
    expect(await owns([mine, { doc: { _id: 'x', state: 'todo', title: 'new' }, clock: ['e'] }], '')).toBe(
      true,
    )
  })

  it('does not count once it was superseded, or the result is there', async () => {
    expect(await owns([claimed('o', 'other', 1)], 'mo')).toBe(false)
    const ended = { key: 'k', turn: 2, attempt: 1, failures: 0, ended: 'x' }
    expect(await owns([mine, { doc: { _id: 'x', state: 'done', claim: ended }, clock: ['r'] }], 'm')).toBe(
      false,
    )
  })

  it('counts by its turn, and of equal ones the first in the log', async () => {
    expect(await owns([mine, claimed('o', 'other', 1)], 'om')).toBe(true)
    expect(await owns([mine, claimed('o', 'other', 3)], 'mo')).toBe(false)
    expect(await owns([mine, claimed('o', 'other', 2)], 'mo')).toBe(true)
    expect(await owns([mine, claimed('o', 'other', 2)], 'om')).toBe(false)
    expect(await owns([mine, claimed('o', 'other', 2)], '')).toBeUndefined()
  })

  it('that somebody edited on top of stands where it was written', async () => {
    const claim = claimed('o', 'other', 2)
    const edit = claimed('e', 'other', 2, { title: 'new' })
    expect(await owns([mine, edit], 'ome', [edit, mine, claim])).toBe(false)
    expect(await owns([mine, edit], 'moe', [edit, mine, claim])).toBe(true)
  })
})
