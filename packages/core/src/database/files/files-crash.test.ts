import { describe, expect, it } from 'vitest'
import { delay } from '../../primitives/delay.js'
import { reportUncaught } from '../../primitives/emitter.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { StorageSpace } from '../../storage/storage.js'
import { type CrashPoint, CrashStorage } from '../../testing/crash-storage.js'
import { seededRandom } from '../../testing/seeded-random.js'
import type { AnyDocument } from '../document-types.js'
import { openDatabase } from '../firekeep.js'
import { GeneratedBlob } from '../fixtures/generated-blob.js'
import { storedKeys } from '../fixtures/stored-keys.js'
import type { StoredFile } from './file-types.js'

const KEY = new Uint8Array(32).fill(7)
/** A segment and a bit. */
const SIZE = 4 * 1024 * 1024 + 5
const DAY = 24 * 60 * 60_000

class CrashBench {
  readonly space = createMemorySpace()
  crashing: CrashStorage | undefined

  /** The space as a process sees it that dies at an operation on the data. */
  mortal(point: CrashPoint): StorageSpace {
    return {
      ...this.space,
      id: `${this.space.id}/mortal`,
      open: async id => {
        const storage = await this.space.open(id)
        if (id === 'keys') return storage
        this.crashing = new CrashStorage(storage, point)
        return this.crashing
      },
    }
  }

  open(space: StorageSpace = this.space, seed = 1, from = 0) {
    let time = from
    const environment = { now: () => ++time, random: seededRandom(seed), delay, report: reportUncaught }
    return openDatabase<AnyDocument>('test', { storage: space, key: KEY }, environment)
  }
}

/** Puts a document with a large and a small file, dies at one operation, and looks with another process. */
async function crashAt(point: CrashPoint): Promise<{ readonly hasCrashed: boolean }> {
  const bench = new CrashBench()
  const before = bench.open()
  await before.put({ _id: 'old', _files: { f: new Blob(['old']) } })
  await before.close()
  const dying = bench.open(bench.mortal(point), 2)
  const put = dying.put({ _id: 'a', _files: { large: new GeneratedBlob(SIZE), small: new Blob(['small']) } })
  const isStored = await put.then(
    () => true,
    () => false,
  )
  await dying.close().catch(() => undefined)
  const after = bench.open(bench.space, 3)
  const doc = await after.find('a')
  if (isStored) expect(doc).toBeDefined()
  for (const file of Object.values(doc?._files ?? {}) as StoredFile[])
    expect((await file.file()).size).toBe(file.size)
  if (doc === undefined) {
    const old = (await after.get('old'))._files?.f
    expect(await (await old?.file())?.text()).toBe('old')
    await after.put({ _id: 'a', _files: { large: new Blob(['again']) } })
  }
  await after.close()
  return { hasCrashed: bench.crashing?.hasCrashed ?? false }
}

describe('a process that dies while it stores a file', () => {
  it.each([
    { when: 'before', counts: 'all' },
    { when: 'after', counts: 'batches' },
  ] as const)('leaves the document whole or absent, $when each operation ($counts)', async point => {
    let crashes = 0
    for (let at = 1; (await crashAt({ at, ...point })).hasCrashed; at++) crashes++
    expect(crashes).toBeGreaterThanOrEqual(4)
  })

  it('leaves segments that the first prune after a day removes', async () => {
    const bench = new CrashBench()
    const dying = bench.open(bench.mortal({ at: 2 }))
    await expect(dying.put({ _id: 'a', _files: { f: new GeneratedBlob(2 * SIZE) } })).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
    })
    await dying.close().catch(() => undefined)
    expect(await storedKeys(bench.space, 'file')).toHaveLength(1)
    for (const [from, left] of [
      [DAY / 2, 1],
      [DAY + 100, 0],
    ] as const) {
      const later = bench.open(bench.space, from, from)
      await later.put({ _id: 'b' })
      await later.prune({ before: await later.clock() })
      expect(await storedKeys(bench.space, 'file')).toHaveLength(left)
      await later.close()
    }
  })
})
