import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { openReplica } from '../testing/fixtures/open-replica.js'

/** Several engines on one space, as tabs are. */
function openTabs(count: number) {
  const space = createMemorySpace()
  return Array.from({ length: count }, (_, i) =>
    openReplica({ space: new HookedSpace(space, `tab ${i}`), seed: i + 1 }),
  )
}

async function closeAll(tabs: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(tabs.map(tab => tab.close()))
}

describe('update and transact', () => {
  it('scenario 14: of a counter from three tabs at once, no increment is lost', async () => {
    const tabs = openTabs(3)
    const updates = Array.from({ length: 60 }, (_, i) => {
      const tab = tabs[i % 3] as (typeof tabs)[0]
      // Plain puts in between make the guard refuse, and the update is decided again.
      const noise = i % 4 === 0 ? tab.put({ _id: `noise ${i}` }) : undefined
      return Promise.all([tab.update('counter', doc => ({ n: (doc?.n ?? 0) + 1 })), noise])
    })
    await Promise.all(updates)
    for (const tab of tabs) {
      await tab.update('seen', () => ({ by: 'all' }))
      expect(await tab.get('counter')).toEqual({ _id: 'counter', n: 60 })
      expect((await tab.allDocs({ prefix: 'noise' })).rows.length).toBe(15)
      expect((await tab.conflicts().toArray()).map(({ id }) => id)).toEqual([])
    }
    await closeAll(tabs)
  })

  it('keep what two documents have in common, whoever moves it', async () => {
    const tabs = openTabs(2)
    const [first, second] = tabs as [(typeof tabs)[0], (typeof tabs)[0]]
    await first.bulk([
      { _id: 'a', n: 50 },
      { _id: 'b', n: 50 },
    ])
    const move = (tab: typeof first, amount: number) =>
      tab.transact(async tx => {
        const [a, b] = [await tx.get('a'), await tx.get('b')]
        tx.put({ ...a, n: a.n - amount })
        tx.put({ ...b, n: b.n + amount })
        return a.n + b.n
      })
    const sums = await Promise.all(Array.from({ length: 20 }, (_, i) => move(i % 2 ? first : second, i)))
    expect(new Set(sums)).toEqual(new Set([100]))
    await first.update('z', () => ({}))
    expect(await first.get('a')).toEqual({ _id: 'a', n: 50 - 190 })
    expect(await first.get('b')).toEqual({ _id: 'b', n: 50 + 190 })
    await closeAll(tabs)
  })

  it('are one commit, and see their own writes', async () => {
    const [db] = openTabs(1) as [ReturnType<typeof openReplica>]
    const { clock } = await db.put({ _id: 'old', n: 1 })
    const result = await db.transact(async tx => {
      const { id } = tx.put({ n: 2 })
      tx.put({ _id: 'x', n: 3 })
      tx.put({ _id: 'x', n: 4 })
      tx.del('old')
      await expect(tx.get('old')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      return { id, x: await tx.get('x'), made: await tx.find(id), old: await tx.find('old') }
    })
    expect(result).toEqual({
      id: result.id,
      x: { _id: 'x', n: 4 },
      made: { _id: result.id, n: 2 },
      old: undefined,
    })
    const { rows } = await db.changes(clock)
    expect(rows.length).toBe(3)
    expect(new Set(rows.map(row => String(row.clock))).size).toBe(1)
    await db.close()
  })

  it('that throw, or write what cannot be stored, write nothing', async () => {
    const [db] = openTabs(1) as [ReturnType<typeof openReplica>]
    const clock = await db.clock()
    const thrown = db.transact(tx => {
      tx.put({ _id: 'x' })
      throw new RangeError('on purpose')
    })
    await expect(thrown).rejects.toThrow('on purpose')
    const invalid = db.transact(tx => {
      tx.put({ _id: 'x' })
      tx.put({ _id: 'y', n: Number.NaN })
    })
    await expect(invalid).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    await expect(db.update('x', () => undefined as never)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    expect(await db.clock()).toEqual(clock)
    await db.close()
  })

  it.each([
    ['a Map', new Map([['n', 1]])],
    ['an array', [1, 2]],
    ['a Date', new Date(0)],
    ['an instance of a class', new (class Task {})()],
    ['a number', 5],
    ['null', null],
  ])('update refuses %s, and takes a document with or without its id', async (_, value) => {
    const [db] = openTabs(1) as [ReturnType<typeof openReplica>]
    await expect(db.update('x', () => value as never)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    expect(await db.has('x')).toBe(false)
    await db.update('x', doc => ({ was: doc }))
    expect(await db.get('x')).toEqual({ _id: 'x', was: undefined })
    await db.update('x', doc => Object.assign(Object.create(null), { ...doc, n: 2 }))
    expect(await db.get('x')).toEqual({ _id: 'x', n: 2 })
    await db.update('x', () => ({ _deleted: true }))
    expect(await db.has('x')).toBe(false)
    await db.close()
  })

  it('that take longer than their time limit are given up and write nothing, then or later', async () => {
    const waits: { readonly milliseconds: number; readonly end: () => void }[] = []
    const db = openReplica({
      space: createMemorySpace(),
      delay: (milliseconds, signal) =>
        new Promise(resolve => {
          waits.push({ milliseconds, end: resolve })
          signal?.addEventListener('abort', () => resolve())
        }),
    })
    const clock = await db.clock()
    let goOn: (() => void) | undefined
    const late = { error: undefined as unknown }
    const slow = db.transact(
      async tx => {
        tx.put({ _id: 'x' })
        waits.find(wait => wait.milliseconds === 1234)?.end()
        await new Promise<void>(resolve => (goOn = resolve))
        try {
          tx.put({ _id: 'y' })
        } catch (error) {
          late.error = error
        }
      },
      { timeLimit: 1234 },
    )
    await expect(slow).rejects.toMatchObject({ code: 'ABORTED' })
    goOn?.()
    await db.put({ _id: 'z' })
    expect(late.error).toMatchObject({ code: 'ABORTED' })
    expect((await db.changes(clock)).docs).toEqual([{ _id: 'z' }])
    await db.close()
  })

  it.each([-1, 1.5, '5', Number.NaN])('refuse the time limit %s', async timeLimit => {
    const [db] = openTabs(1) as [ReturnType<typeof openReplica>]
    const options = { timeLimit } as { timeLimit: number }
    await expect(db.update('x', () => ({}), options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await db.close()
  })
})

describe('scenario 37: a listener that writes', () => {
  it('makes no deadlock and loses nothing, whatever it writes with', async () => {
    const [db] = openTabs(1) as [ReturnType<typeof openReplica>]
    const inside: Promise<unknown>[] = []
    db.subscribe(changes => {
      for (const doc of changes) {
        if (!('n' in doc) || doc.n >= 3) continue
        inside.push(db.put({ ...doc, n: doc.n + 1 }))
        inside.push(db.update(`counter of ${doc._id}`, old => ({ count: (old?.count ?? 0) + 1 })))
      }
    })
    await Promise.all(['a', 'b', 'c'].map(_id => db.put({ _id, n: 0 })))
    for (let done = -1; done !== inside.length; ) {
      done = inside.length
      await Promise.all(inside)
    }
    for (const id of ['a', 'b', 'c']) {
      expect(await db.get(id)).toEqual({ _id: id, n: 3 })
      expect(await db.get(`counter of ${id}`)).toEqual({ _id: `counter of ${id}`, count: 3 })
    }
    expect(await db.conflicts().toArray()).toEqual([])
    await db.close()
  })

  it('hears of each batch once, after it is durable, and sees it', async () => {
    const space = createMemorySpace()
    const db = openReplica({ space: new HookedSpace(space, 'this') })
    const other = openReplica({ space: new HookedSpace(space, 'other'), seed: 2 })
    const heard: unknown[] = []
    const seen: Promise<unknown>[] = []
    db.subscribe(changes => {
      const [first] = changes as [{ _id: string }]
      heard.push(changes.map(doc => doc._id))
      seen.push(
        other.transact(tx => tx.find(first._id)),
        db.find(first._id),
      )
    })
    await Promise.all([db.put({ _id: 'b' }), db.put({ _id: 'a' })])
    expect(await Promise.all(seen)).toEqual([{ _id: 'a' }, { _id: 'a' }])
    await db.del('a')
    await db.del('a')
    expect(heard).toEqual([['a', 'b'], ['a']])
    expect((await Promise.all(seen)).slice(2)).toEqual([undefined, undefined])
    await Promise.all([db.close(), other.close()])
  })
})
