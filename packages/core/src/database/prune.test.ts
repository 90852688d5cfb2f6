import { describe, expect, it } from 'vitest'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { valuesWith } from './fixtures/stored-contents.js'
import { settled, TestDevice } from './fixtures/test-devices.js'

/** Above what a page of documents holds inline. */
const LONG = 'x'.repeat(6000)

/** Ten versions of a document in turns short and long, folded here and there; answers the clock after each. */
async function writeVersions(
  { db }: TestDevice,
  compactAt: readonly number[] = [],
): Promise<(readonly string[])[]> {
  const clocks: (readonly string[])[] = []
  for (let n = 0; n < 10; n++) {
    clocks.push((await db.put({ _id: 'a', text: `PLANTED-${n}.`, more: n % 3 === 0 ? LONG : '' })).clock)
    if (compactAt.includes(n)) await db.compact()
  }
  return clocks
}

/** Which of the ten versions can be read somewhere in what is stored. */
async function storedVersions(device: TestDevice): Promise<number[]> {
  const values = await device.contents()
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter(n => valuesWith(values, `PLANTED-${n}.`).length > 0)
}

describe('prune', () => {
  it.each([
    ['nothing was folded', []],
    ['all was folded', [9]],
    ['versions lie in several packs', [2, 3, 6]],
  ])(
    'erases what was superseded up to a clock and keeps what was shown there, where %s',
    async (_, compactAt) => {
      const device = new TestDevice()
      const clocks = await writeVersions(device, compactAt)
      expect(await storedVersions(device)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      const roots = await device.roots()
      await device.db.prune({ before: clocks[6] as readonly string[] })
      expect(await storedVersions(device)).toEqual([6, 7, 8, 9])
      expect(await device.roots()).toEqual(roots)
      expect(await device.verifyCommits()).toBe(10)
      expect(await device.db.get('a')).toMatchObject({ text: 'PLANTED-9.' })
      const shown = (await device.db.changes(clocks[6])).docs.map(({ text }) => text)
      expect(shown).toEqual(['PLANTED-7.', 'PLANTED-8.', 'PLANTED-9.'])
      expect((await device.db.changes()).docs.map(({ text }) => text)).toEqual(['PLANTED-6.', ...shown])
      await expect(device.db.changes(clocks[1])).rejects.toMatchObject({ code: 'PRUNED' })
      await device.close()
    },
  )

  it('takes a date, by the clocks of those who wrote', async () => {
    const device = new TestDevice()
    for (let n = 0; n < 10; n++) {
      device.time = n * 1000
      await device.db.put({ _id: 'a', text: `PLANTED-${n}.` })
    }
    const roots = await device.roots()
    await device.db.prune({ before: new Date(5000) })
    expect(await storedVersions(device)).toEqual([4, 5, 6, 7, 8, 9])
    expect(await device.roots()).toEqual(roots)
    await device.close()
  })

  it('keeps all that was shown or stood in conflict at the bound, whatever became of it later', async () => {
    const device = new TestDevice()
    const { db } = device
    const base = await db.put({ _id: 'a', text: 'PLANTED-0.' })
    await db.put({ _id: 'a', text: 'PLANTED-1.' })
    await db.put({ _id: 'a', text: 'PLANTED-2.', more: LONG }, { basedOn: base.clock })
    const bound = await db.clock()
    await db.del('a')
    await db.put({ _id: 'a', text: 'PLANTED-3.' })
    await db.prune({ before: bound })
    expect(await storedVersions(device)).toEqual([1, 2, 3])
    expect((await db.changes(bound)).docs).toHaveLength(2)
    await device.close()
  })

  it('erases nothing at an empty clock, and everything superseded at the newest', async () => {
    const device = new TestDevice()
    await writeVersions(device, [4])
    await device.db.prune({ before: [] })
    expect(await storedVersions(device)).toHaveLength(10)
    const report = await device.db.prune({ before: await device.db.clock() })
    expect(await storedVersions(device)).toEqual([9])
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore)
    await device.close()
  })

  it('lets puts be based on moments whose contents are gone', async () => {
    const device = new TestDevice()
    const clocks = await writeVersions(device, [4])
    await device.db.prune({ before: await device.db.clock() })
    const basedOn = clocks[3] as readonly string[]
    await device.db.put({ _id: 'a', text: 'beside' }, { basedOn })
    const [conflict] = await device.db.conflicts().toArray()
    expect(conflict?.versions.map(({ doc }) => doc?.text)).toEqual(['beside', 'PLANTED-9.'])
    await expect(device.db.put({ _id: 'a' }, { basedOn, ifStale: 'fail' })).rejects.toMatchObject({
      code: 'STALE',
    })
    await device.close()
  })

  it('is for this device only: others keep what they have, and do not bring it back', async () => {
    const log = new MemoryRemote()
    const a = new TestDevice({ seed: 1 }).attach(log)
    const b = new TestDevice({ seed: 2 }).attach(log)
    await writeVersions(a, [4])
    await settled(a, b)
    await a.db.prune({ before: await a.db.clock() })
    await b.db.put({ _id: 'b' })
    await settled(a, b)
    expect(await a.roots()).toEqual(await b.roots())
    expect(await storedVersions(a)).toEqual([9])
    expect(await storedVersions(b)).toHaveLength(10)
    await Promise.all([a.close(), b.close()])
  })

  it('gives a replica that reads from it the same roots, without the contents', async () => {
    const a = new TestDevice({ seed: 1 })
    await writeVersions(a, [4])
    await a.db.prune({ before: await a.db.clock() })
    const log = new MemoryRemote()
    const b = new TestDevice({ seed: 2 })
    a.attach(log)
    b.attach(log)
    await settled(a, b)
    expect(await b.db.get('a')).toMatchObject({ text: 'PLANTED-9.' })
    expect(await storedVersions(b)).toEqual([9])
    expect(await b.roots()).toEqual(await a.roots())
    expect(await b.verifyCommits()).toBe(10)
    await Promise.all([a.close(), b.close()])
  })

  it('carries out a purge that nobody has carried out yet', async () => {
    const log = new MemoryRemote()
    const a = new TestDevice({ seed: 1 }).attach(log)
    const b = new TestDevice({ seed: 2 }).attach(log)
    await writeVersions(a)
    await settled(a, b)
    await a.db.purge('a')
    await settled(a, b)
    await b.db.prune({ before: [] })
    expect(await storedVersions(b)).toEqual([])
    await Promise.all([a.close(), b.close()])
  })
})

describe('the options of prune', () => {
  it.each([
    ['nothing', undefined],
    ['no bound', {}],
    ['a number', { before: 5 }],
    ['an invalid date', { before: new Date(Number.NaN) }],
    ['a text', { before: 'yesterday' }],
    ['a clock with what is no commit', { before: ['x'] }],
    ['an unknown option', { before: [], after: [] }],
  ])('refuse %s with INVALID_OPTION', async (_, options) => {
    const device = new TestDevice()
    await device.db.put({ _id: 'a' })
    const prune = device.db.prune as (options: unknown) => Promise<unknown>
    await expect(prune.call(device.db, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await device.close()
  })

  it('refuse a clock of another database with UNKNOWN_CLOCK, and erase nothing', async () => {
    const [device, other] = [new TestDevice(), new TestDevice({ seed: 2 })]
    await writeVersions(device)
    const { clock } = await other.db.put({ _id: 'x' })
    await expect(device.db.prune({ before: clock })).rejects.toMatchObject({ code: 'UNKNOWN_CLOCK' })
    expect(await storedVersions(device)).toHaveLength(10)
    await Promise.all([device.close(), other.close()])
  })

  it('report progress, and give up on a signal with everything as it was', async () => {
    const device = new TestDevice()
    for (let n = 0; n < 5; n++) await device.db.put({ _id: `b${n}` })
    await writeVersions(device)
    const before = await device.db.clock()
    const stop = new AbortController()
    const aborted = device.db.prune({ before, signal: stop.signal, onProgress: () => stop.abort() })
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await storedVersions(device)).toHaveLength(10)
    const progress: unknown[] = []
    await device.db.prune({ before, onProgress: each => progress.push(each) })
    expect(progress.at(-1)).toEqual({ done: 6, total: 6 })
    expect(await storedVersions(device)).toEqual([9])
    await device.close()
  })

  it('make no database where there is none', async () => {
    const device = new TestDevice()
    await device.db.prune({ before: [] })
    expect(await device.space.list()).toEqual([])
    await device.close()
  })
})
