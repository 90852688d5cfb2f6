import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createFileSpace } from '../storage/file-storage.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { Storage, StorageSpace } from '../storage/storage.js'
import { openRawLog } from '../sync/fixtures/open-raw-log.js'
import { copySpace } from '../testing/fixtures/copy-space.js'
import { type BatchHook, HookedSpace } from '../testing/fixtures/hooked-space.js'
import { valuesWith } from './fixtures/stored-contents.js'
import { settled, TestDevice } from './fixtures/test-devices.js'

/** Above what a page of documents holds inline. */
const LONG = 'x'.repeat(6000)

/** Versions of `a` in all places where contents lie: inline and by themselves, folded and not. */
async function writeVersions({ db }: TestDevice, compactAt: readonly number[]): Promise<void> {
  for (let n = 0; n < 8; n++) {
    await db.put({ _id: 'a', secretField: `PLANTED ${n}`, more: n % 3 === 0 ? LONG : '' })
    await db.put({ _id: 'b', text: `kept ${n}`, more: n % 2 === 0 ? LONG : '' })
    if (compactAt.includes(n)) await db.compact()
  }
}

describe('purge', () => {
  it.each([
    ['nothing was folded', []],
    ['the newest version is inline in a page', [7]],
    ['the newest version lies by itself in a pack', [6]],
    ['versions lie in several packs', [1, 3, 4, 6]],
  ])('erases all versions from all that is stored before it resolves, where %s', async (_, compactAt) => {
    const device = new TestDevice()
    await writeVersions(device, compactAt)
    expect(await device.find('PLANTED')).not.toEqual([])
    await device.db.purge('a')
    expect(await device.find('PLANTED')).toEqual([])
    expect(await device.find('secretField')).toEqual([])
    expect(await device.db.find('a')).toBeUndefined()
    expect(await device.db.get('b')).toMatchObject({ text: 'kept 7' })
    expect(await device.verifyCommits()).toBe(17)
    await device.close()
  })

  it('erases with automatic compaction as well', async () => {
    const device = new TestDevice({ autoCompact: 3 })
    await writeVersions(device, [])
    await device.db.purge('a')
    expect(await device.find('PLANTED')).toEqual([])
    expect(await device.db.get('b')).toMatchObject({ text: 'kept 7' })
    await device.close()
  })

  it('erases versions that are in conflict, of which only one is shown', async () => {
    const device = new TestDevice()
    const { db } = device
    const base = await db.put({ _id: 'a', secretField: 'PLANTED 0' })
    for (let n = 1; n < 12; n++) {
      await db.put(
        { _id: 'a', secretField: `PLANTED ${n}`, more: n % 2 ? LONG : '' },
        { basedOn: base.clock },
      )
    }
    expect(await db.conflicts().toArray()).toHaveLength(1)
    await db.compact()
    await db.purge('a')
    expect(await device.find('PLANTED')).toEqual([])
    expect(await db.conflicts().toArray()).toEqual([])
    await device.close()
  })

  it('erases the versions of a document that was deleted before', async () => {
    const device = new TestDevice()
    await device.db.put({ _id: 'a', secretField: 'PLANTED' })
    await device.db.del('a')
    await device.db.compact()
    expect(await device.find('PLANTED')).not.toEqual([])
    await device.db.purge('a')
    expect(await device.find('PLANTED')).toEqual([])
    await device.close()
  })

  it('writes nothing for a document that never was, and may be called again', async () => {
    const device = new TestDevice()
    const { clock } = await device.db.put({ _id: 'b', text: 'kept' })
    expect(await device.db.purge('a')).toEqual({ id: 'a', clock })
    await device.db.put({ _id: 'a', secretField: 'PLANTED' })
    await device.db.purge('a')
    await device.db.purge('a')
    expect(await device.find('PLANTED')).toEqual([])
    expect(await device.db.find('a')).toBeUndefined()
    await device.close()
  })

  it('refuses what is no id', async () => {
    const device = new TestDevice()
    await expect(device.db.purge('')).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    await device.close()
  })

  it('leaves a document that is written again with the new version only', async () => {
    const device = new TestDevice()
    await writeVersions(device, [3])
    await device.db.purge('a')
    await device.db.put({ _id: 'a', secretField: 'anew' })
    await device.db.compact()
    expect(await device.db.get('a')).toEqual({ _id: 'a', secretField: 'anew' })
    expect(await device.db.conflicts().toArray()).toEqual([])
    expect(await device.find('PLANTED')).toEqual([])
    await device.db.purge('a')
    expect(await device.find('anew')).toEqual([])
    await device.close()
  })

  it('is told to subscribers and live queries as a deletion', async () => {
    const device = new TestDevice()
    await device.db.put({ _id: 'a', kind: 'note' })
    const told: unknown[] = []
    const stop = device.db.subscribe(changes => told.push(...changes))
    await device.db.purge('a')
    expect(told).toEqual([{ _id: 'a', _deleted: true }])
    expect((await device.db.query('kind', { key: 'note' })).rows).toEqual([])
    stop()
    await device.close()
  })

  it('leaves changes() readable: without the versions of the document, but with its deletion', async () => {
    const device = new TestDevice()
    const { clock } = await device.db.put({ _id: 'b', text: 'kept' })
    await writeVersions(device, [2])
    const before = await device.db.clock()
    await device.db.purge('a')
    for (const since of [undefined, clock, before]) {
      const rows = (await device.db.changes(since)).rows.filter(({ id }) => id === 'a')
      expect(rows.map(({ doc }) => doc)).toEqual([{ _id: 'a', _deleted: true }])
    }
    await device.close()
  })

  it('survives a kill at any batch: opened again, the contents are erased, or the document is whole', async () => {
    const device = new TestDevice()
    await writeVersions(device, [1, 5])
    await device.close()
    await killAtAnyBatch(device.space, { secretField: 'PLANTED 7' }, { text: 'kept 7' })
  })
})

/** Purges `a` and kills that before and after each batch it writes. */
async function killAtAnyBatch(space: StorageSpace, a: object, b: object): Promise<void> {
  for (let step = 0; ; step++) {
    const copy = await copySpace(space)
    const batches = step >> 1
    let written = 0
    const hook: BatchHook = async ({ write }) => {
      // The first one that is lost may have been stored all the same.
      if (written++ === batches && step % 2 === 1) await write()
      if (written > batches) throw new FirekeepError('STORAGE_FAILED', 'killed')
      await write()
    }
    const killed = new TestDevice({ space: new HookedSpace(copy, 'killed', hook), seed: 4 })
    const isDone = await killed.db.purge('a').then(
      () => true,
      () => false,
    )
    await killed.close().catch(() => undefined)
    const again = new TestDevice({ space: copy, seed: 5 })
    const shown = await again.db.find('a')
    if (shown === undefined) await again.forgets('PLANTED')
    else expect(shown).toMatchObject(a)
    expect(await again.db.get('b')).toMatchObject(b)
    expect((await again.db.changes()).rows.some(({ id }) => id === 'b')).toBe(true)
    await again.close()
    if (isDone) break
  }
}

describe('purge and stored indexes', () => {
  const byText = (device: TestDevice) => device.db.query('secretField', { prefix: 'PLANTED' })

  it('erases what they hold, and queries go on', async () => {
    const device = new TestDevice()
    await writeVersions(device, [])
    // Smaller indexes are not stored.
    await device.db.bulk(Array.from({ length: 1000 }, (_, n) => ({ _id: `c${n}`, secretField: 'other' })))
    await byText(device)
    await device.db.compact()
    const held = await device.find('PLANTED')
    expect(held.some(key => key.startsWith('index/'))).toBe(true)
    await device.db.purge('a')
    expect(await device.find('PLANTED')).toEqual([])
    expect((await byText(device)).rows).toEqual([])
    expect(await device.db.count('secretField')).toBe(1000)
    await device.db.compact()
    expect(await device.db.count('secretField')).toBe(1000)
    await device.close()
    const again = new TestDevice({ space: device.space, seed: 2 })
    expect(await again.db.count('secretField')).toBe(1000)
    expect(await again.find('PLANTED')).toEqual([])
    await again.close()
  })
})

describe('purge and other devices', () => {
  it('is carried out by a replica that it reaches, and both have equal roots', async () => {
    const log = new MemoryRemote()
    const a = new TestDevice({ seed: 1 }).attach(log)
    const b = new TestDevice({ seed: 2 }).attach(log)
    await writeVersions(a, [3])
    await settled(a, b)
    await b.db.compact()
    expect(await b.find('PLANTED')).not.toEqual([])
    await a.db.purge('a')
    await settled(a, b)
    await b.forgets('PLANTED')
    expect(await b.db.find('a')).toBeUndefined()
    expect(await b.roots()).toEqual(await a.roots())
    expect(await b.verifyCommits()).toBe(17)
    await Promise.all([a.close(), b.close()])
  })

  it('is carried out by a replica that had nothing and reads contents from the log', async () => {
    const log = new MemoryRemote()
    const a = new TestDevice({ seed: 1 }).attach(log)
    await writeVersions(a, [])
    await a.synced()
    await a.db.purge('a')
    await a.synced()
    const b = new TestDevice({ seed: 2 }).attach(log)
    await settled(a, b)
    await b.forgets('PLANTED')
    expect(await b.roots()).toEqual(await a.roots())
    await Promise.all([a.close(), b.close()])
  })

  it('is not undone by a peer that has the contents and syncs', async () => {
    const [log, other] = [new MemoryRemote('log'), new MemoryRemote('other')]
    const a = new TestDevice({ seed: 1 }).attach(log)
    const b = new TestDevice({ seed: 2 }).attach(log)
    await writeVersions(a, [])
    await settled(a, b)
    b.switch(false)
    await a.db.purge('a')
    // The peer sends all it has, contents and all, through another remote.
    b.attach(other)
    await b.db.put({ _id: 'c', text: 'from b' })
    await b.synced()
    a.attach(other)
    await a.synced()
    expect(await a.db.get('c')).toMatchObject({ text: 'from b' })
    expect(await a.find('PLANTED')).toEqual([])
    await b.synced()
    await b.forgets('PLANTED')
    await a.db.compact()
    expect(await a.find('PLANTED')).toEqual([])
    await Promise.all([a.close(), b.close()])
  })

  it('erases from records that also hold a commit whose parents are missing, and keeps that commit', async () => {
    const [mixed, log, late] = [new MemoryRemote('mixed'), new MemoryRemote('log'), new MemoryRemote('late')]
    const a = new TestDevice({ seed: 1 }).attach(log)
    await writeVersions(a, [])
    await a.synced()
    const c = new TestDevice({ seed: 3 }).attach(late)
    for (const _id of ['c1', 'c2']) {
      await c.db.put({ _id, text: 'from c' })
      await c.synced()
    }
    const key = await a.db.exportKey()
    const mixedLog = await openRawLog(mixed, key)
    const [parent, child] = (await (await openRawLog(late, key)).packs()) as [Uint8Array, Uint8Array]
    for (const pack of await (await openRawLog(log, key)).packs()) await mixedLog.append(pack)
    await mixedLog.append(child)
    const b = new TestDevice({ seed: 2 }).attach(mixed)
    await b.synced()
    expect(await b.find('PLANTED')).not.toEqual([])
    expect(await b.db.has('c2')).toBe(false)
    await b.db.purge('a')
    expect(await b.find('PLANTED')).toEqual([])
    await b.db.update('b', () => ({ text: 'guarded' }))
    await mixedLog.append(parent)
    await b.synced()
    expect(await b.db.get('c2')).toMatchObject({ text: 'from c' })
    expect(await b.db.get('b')).toMatchObject({ text: 'guarded' })
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('erases where the storage holds the snapshots of two replicas', async () => {
    const log = new MemoryRemote()
    const a = new TestDevice({ seed: 1 }).attach(log)
    const b = new TestDevice({ seed: 2 }).attach(log)
    await writeVersions(a, [3])
    await settled(a, b)
    for (const device of [a, b]) {
      device.switch(false)
      await device.db.put({ _id: 'a', secretField: `PLANTED by ${device === a}`, more: LONG })
      await device.db.put({ _id: 'b', text: 'kept apart', by: device === a })
      await device.db.compact()
      await device.close()
    }
    const [from, to] = await Promise.all([a, b].map(storageOf))
    await to?.batch((await from?.getAll('')) ?? [], [])
    await killAtAnyBatch(b.space, {}, { text: 'kept apart' })
    const both = new TestDevice({ space: b.space, seed: 3 })
    expect(await both.db.conflicts().toArray()).toHaveLength(2)
    await both.db.purge('a')
    expect(await both.find('PLANTED')).toEqual([])
    expect(await both.db.get('b')).toMatchObject({ text: 'kept apart' })
    expect(await both.verifyCommits()).toBe(21)
    await Promise.all([both.close(), from?.close(), to?.close()])
  })

  it('leaves an edit that another replica made meanwhile, and nothing but that version', async () => {
    const log = new MemoryRemote()
    const a = new TestDevice({ seed: 1 }).attach(log)
    const b = new TestDevice({ seed: 2 }).attach(log)
    await writeVersions(a, [3])
    await settled(a, b)
    a.switch(false)
    b.switch(false)
    await a.db.purge('a')
    await b.db.put({ _id: 'a', secretField: 'meanwhile' })
    a.switch(true)
    b.switch(true)
    await settled(a, b)
    await b.forgets('PLANTED')
    for (const device of [a, b]) {
      expect(await device.db.get('a')).toEqual({ _id: 'a', secretField: 'meanwhile' })
      expect(await device.find('PLANTED')).toEqual([])
      expect(await device.find('meanwhile')).not.toEqual([])
    }
    expect(await b.roots()).toEqual(await a.roots())
    expect(await b.db.get('a')).toEqual({ _id: 'a', secretField: 'meanwhile' })
    await Promise.all([a.close(), b.close()])
  })

  it('is carried out by another tab of the same storage too, whichever compacts first', async () => {
    const space = createMemorySpace()
    const a = new TestDevice({ space: new HookedSpace(space, 'a'), seed: 1, autoCompact: 2 })
    const b = new TestDevice({ space: new HookedSpace(space, 'b'), seed: 2, autoCompact: 2 })
    await writeVersions(a, [])
    await b.db.put({ _id: 'a', secretField: 'PLANTED by b', more: LONG })
    await a.db.purge('a')
    expect(await a.find('PLANTED')).toEqual([])
    await b.db.compact()
    expect(await b.db.find('a')).toBeUndefined()
    expect(await b.find('PLANTED')).toEqual([])
    await Promise.all([a.close(), b.close()])
  })
})

describe('purge in files', () => {
  it('leaves none of the sealed bytes that held the document in any file', async () => {
    await inFolder(async dir => {
      const device = new TestDevice({ space: createFileSpace({ dir }) })
      const held: Buffer[] = []
      for (const compactAt of [[], [2, 5], [7]]) {
        await writeVersions(device, compactAt)
        const values = await device.contents()
        const keys = new Set(valuesWith(values, 'PLANTED'))
        for (const { key, sealed } of values) if (keys.has(key)) held.push(sampleOf(sealed))
      }
      expect(held.length).toBeGreaterThan(5)
      expect(held.filter(sample => isInFiles(dir, sample))).not.toEqual([])
      await device.db.purge('a')
      expect(held.filter(sample => isInFiles(dir, sample))).toEqual([])
      expect(await device.find('PLANTED')).toEqual([])
      expect(await device.db.get('b')).toMatchObject({ text: 'kept 7' })
      await device.close()
      expect(held.filter(sample => isInFiles(dir, sample))).toEqual([])
    })
  })

  it('erases what an earlier session wrote', async () => {
    await inFolder(async dir => {
      const first = new TestDevice({ space: createFileSpace({ dir }) })
      await writeVersions(first, [4])
      const values = await first.contents()
      await first.close()
      const device = new TestDevice({ space: createFileSpace({ dir }), seed: 2 })
      await device.db.purge('a')
      const keys = valuesWith(values, 'PLANTED')
      const held = values.filter(({ key }) => keys.includes(key)).map(({ sealed }) => sampleOf(sealed))
      expect(held.length).toBeGreaterThan(2)
      expect(held.filter(sample => isInFiles(dir, sample))).toEqual([])
      await device.close()
    })
  })
})

async function storageOf({ space }: TestDevice): Promise<Storage> {
  const [id] = (await space.list()).filter(each => each !== 'keys')
  return space.open(id as string)
}

async function inFolder(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'firekeep-purge-'))
  try {
    await run(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** A part of the ciphertext, long enough to stand nowhere by chance. */
function sampleOf(sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.slice(100, 148))
}

function isInFiles(dir: string, sample: Buffer): boolean {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(sample))
}
