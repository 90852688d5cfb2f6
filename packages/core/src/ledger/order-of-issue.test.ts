import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

type State = ReadonlyMap<string, number>

/** One call, and what it makes of the state when it runs after all calls before it. */
interface Step {
  readonly kind: 'put' | 'del' | 'bulk' | 'update' | 'transact' | 'fail' | 'read' | 'wait'
  readonly ids: readonly string[]
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step['kind']>(
      'put',
      'put',
      'del',
      'bulk',
      'update',
      'transact',
      'fail',
      'read',
      'wait',
    ),
    ids: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 30 },
)

/** The state after a step that writes `n`. */
function nextState(state: State, { kind, ids }: Step, n: number): State {
  const next = new Map(state)
  const [first] = ids as [string]
  if (kind === 'put') next.set(first, n)
  if (kind === 'del') next.delete(first)
  if (kind === 'bulk') for (const [i, id] of ids.entries()) next.set(id, n + i)
  if (kind === 'update') next.set(first, (next.get(first) ?? 0) + 1)
  if (kind === 'transact') for (const id of ids) next.set(id, (next.get(id) ?? 0) + 10)
  return next
}

/** Issues a step without waiting for anything; answers what it resolves with. */
function issue(db: Database<AnyDocument>, { kind, ids }: Step, n: number): Promise<unknown> {
  const [first] = ids as [string]
  switch (kind) {
    case 'put':
      return db.put({ _id: first, n })
    case 'del':
      return db.del(first)
    case 'bulk':
      return db.bulk(ids.map((id, i) => ({ _id: id, n: n + i })))
    case 'update':
      return db.update(first, doc => ({ n: (doc?.n ?? 0) + 1 }))
    case 'transact':
      return db.transact(async tx => {
        for (const id of ids) tx.put({ _id: id, n: ((await tx.find(id))?.n ?? 0) + 10 })
      })
    case 'fail':
      return db.put({ _id: first, n }, { basedOn: ['nonsense'] }).catch(() => undefined)
    case 'read':
      return db.find(first)
    case 'wait':
      return new Promise(setImmediate)
  }
}

async function storedState(db: Database<AnyDocument>): Promise<State> {
  return new Map((await db.allDocs()).docs.map(doc => [doc._id, doc.n]))
}

/** The `n` of each version, in the order of the history. */
async function writtenNumbers(db: Database<AnyDocument>): Promise<unknown[]> {
  return (await db.changes()).docs.map(doc => ('n' in doc ? doc.n : undefined))
}

describe('L9: what is issued through one engine', () => {
  it('takes effect in the order issued, awaited or not, and makes no conflict with itself', async () => {
    const property = fc.asyncProperty(steps, fc.boolean(), async (script, isWarm) => {
      const space = createMemorySpace()
      const db = openReplica({ space })
      if (isWarm) await db.clock()
      const states: State[] = [new Map()]
      const reads: {
        readonly after: number
        readonly id: string
        readonly doc: Promise<AnyDocument | undefined>
      }[] = []
      const outcomes: Promise<unknown>[] = []
      for (const [i, step] of script.entries()) {
        const outcome = issue(db, step, 100 * i)
        outcomes.push(outcome)
        if (step.kind === 'wait') await outcome
        if (step.kind === 'read') {
          reads.push({
            after: i,
            id: step.ids[0] as string,
            doc: outcome as Promise<AnyDocument | undefined>,
          })
        }
        states.push(nextState(states.at(-1) as State, step, 100 * i))
      }
      await Promise.all(outcomes)
      expect(await storedState(db)).toEqual(states.at(-1))
      expect(await db.conflicts().toArray()).toEqual([])
      for (const { after, id, doc } of reads) {
        const possible = states.slice(after).map(state => state.get(id))
        expect(possible).toContain((await doc)?.n)
      }
      await db.close()
      const again = openReplica({ space })
      expect(await storedState(again)).toEqual(states.at(-1))
      await again.close()
    })
    await fc.assert(property, { numRuns: runs(25) })
  })

  it('scenario 32: of 20 puts to one id, not awaited, the last wins, and each is a version', async () => {
    const db = openReplica({ space: createMemorySpace() })
    const puts = Array.from({ length: 20 }, (_, n) => db.put({ _id: 'x', n }))
    expect(await db.get('x')).toEqual({ _id: 'x', n: 19 })
    await Promise.all(puts)
    expect(await writtenNumbers(db)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('a put supersedes the put before it that was not awaited, also when one in between failed', async () => {
    const db = openReplica({ space: createMemorySpace() })
    const abort = new AbortController()
    const puts = [
      db.put({ _id: 'x', n: 1 }),
      db.put({ _id: 'x', n: 2 }, { signal: abort.signal }),
      db.put({ _id: 'x', n: 3 }),
    ]
    abort.abort()
    const [, withdrawn] = await Promise.allSettled(puts)
    expect(withdrawn).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } })
    expect(await writtenNumbers(db)).toEqual([1, 3])
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('a put after a deletion of what was deleted already supersedes the deletion that counts', async () => {
    const db = openReplica({ space: createMemorySpace() })
    await db.put({ _id: 'x', n: 1 })
    await db.del('x')
    await Promise.all([db.del('x'), db.put({ _id: 'other' }), db.put({ _id: 'x', n: 2 })])
    expect(await db.get('x')).toEqual({ _id: 'x', n: 2 })
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('a put supersedes what its caller sees, whoever wrote it and since when the database is open', async () => {
    const space = createMemorySpace()
    const writer = openReplica({ space: { ...space, id: 'another tab' }, seed: 1 })
    const db = openReplica({ space, seed: 2 })
    expect(await db.find('x')).toBeUndefined()
    await writer.put({ _id: 'x', n: 1 })
    await writer.put({ _id: 'x', n: 2 })
    await new Promise<void>(resolve => {
      const stop = db.live('n', { key: 2 }).subscribe(({ rows }) => rows.length > 0 && resolve(stop?.()))
    })
    await db.put({ _id: 'x', n: 3 })
    expect(await db.conflicts().toArray()).toEqual([])
    await Promise.all([db.close(), writer.close()])
  })
})
