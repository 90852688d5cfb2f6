import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storageConformance } from '../testing/storage-conformance.js'
import { createFileSpace } from './file-storage.js'
import type { Storage, StorageSpace } from './storage.js'

function makeDir(): string {
  return mkdtempSync(join(tmpdir(), 'firekeep-'))
}

storageConformance(
  {
    name: 'file',
    createSpace: async () => createFileSpace({ dir: makeDir() }),
    reopenSpace: async space => createFileSpace({ dir: dirOf(space) }),
    rawBytes: async space => filesIn(dirOf(space)),
    disposeSpace: async space => rmSync(dirOf(space), { recursive: true }),
  },
  { describe, expect, it },
)

function dirOf(space: StorageSpace): string {
  return space.id.slice('files:'.length)
}

function filesIn(dir: string): Uint8Array[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => entry.isFile())
    .map(entry => readFileSync(join(entry.parentPath, entry.name)))
}

describe('the file storage', () => {
  let dir: string
  const open: Storage[] = []

  beforeEach(() => {
    dir = makeDir()
  })

  afterEach(async () => {
    await Promise.all(open.splice(0).map(storage => storage.close()))
    rmSync(dir, { recursive: true })
  })

  async function openStorage(at = dir): Promise<Storage> {
    const storage = await createFileSpace({ dir: at }).open('db')
    open.push(storage)
    return storage
  }

  it.skipIf(process.platform === 'win32')(
    'makes files and folders that only their owner can use',
    async () => {
      const inner = join(dir, 'made', 'deep')
      const storage = await openStorage(inner)
      await storage.batch(
        [
          ['small', new Uint8Array(1)],
          ['large', new Uint8Array(100_000)],
        ],
        [],
      )
      const modes = readdirSync(join(dir, 'made'), { recursive: true, withFileTypes: true }).map(entry => [
        entry.isDirectory(),
        statSync(join(entry.parentPath, entry.name)).mode & 0o777,
      ])
      expect(modes).toHaveLength(9)
      for (const [isFolder, mode] of modes) expect(mode).toBe(isFolder ? 0o700 : 0o600)
    },
  )

  it('tells through the events of the file system, once the folder is there', async () => {
    const [writer, reader] = [await openStorage(), await openStorage()]
    await writer.batch([['a', new Uint8Array([1])]], [])
    let pokes = 0
    let wake = (): void => {}
    reader.watch(() => {
      pokes += 1
      wake()
    })
    for (let round = 1; round <= 3; round += 1) {
      const poked = new Promise<void>(resolve => {
        wake = resolve
      })
      await writer.batch([[`b${round}`, new Uint8Array([1])]], [])
      await poked
    }
    expect(pokes).toBeGreaterThanOrEqual(3)
  })

  it('says nothing of its own writes', async () => {
    const [storage, other] = [await openStorage(), await openStorage()]
    let pokes = 0
    await other.batch([['a', new Uint8Array(1)]], [])
    await storage.get('a')
    const told = new Promise<void>(resolve => {
      storage.watch(() => {
        pokes += 1
        resolve()
      })
    })
    for (let batch = 0; batch < 20; batch += 1) await storage.batch([[`k${batch}`, new Uint8Array(1)]], [])
    expect(pokes).toBe(0)
    await other.batch([['b', new Uint8Array(1)]], [])
    await told
    expect(pokes).toBe(1)
  })

  it('leaves nothing behind of a storage that was removed', async () => {
    const space = createFileSpace({ dir })
    const storage = await space.open('db')
    await storage.batch([['large', new Uint8Array(100_000)]], [])
    await space.remove('db')
    expect(readdirSync(dir)).toEqual([])
    await storage.close()
    expect(readdirSync(dir)).toEqual([])
  })

  it('clears away what a crash left of an earlier removal', async () => {
    mkdirSync(join(dir, '.removed-x', 'logs'), { recursive: true })
    const space = createFileSpace({ dir })
    const storage = await space.open('db')
    await storage.batch([['a', new Uint8Array(1)]], [])
    await space.remove('db')
    expect(readdirSync(dir)).toEqual([])
    await storage.close()
  })

  it('marks the log of a closed storage, so that anybody may fold it', async () => {
    for (let session = 0; session < 18; session += 1) {
      const storage = await createFileSpace({ dir }).open('db')
      await storage.batch([[`k${session}`, new Uint8Array([session])]], [])
      await storage.close()
    }
    expect(readdirSync(join(dir, 'db', 'logs')).length).toBeLessThan(5)
    expect(await (await openStorage()).list('')).toHaveLength(18)
  })

  it('erases what the log of a session that watches holds, as soon as that hears of it', async () => {
    const [other, storage] = [await openStorage(), await openStorage()]
    const secret = Buffer.from('a secret of 20 bytes')
    other.watch(() => {})
    await other.batch(
      [
        ['secret', secret],
        ['kept', new Uint8Array([1])],
      ],
      [],
    )
    await storage.batch([], ['secret'], { erase: true })
    await new Promise<void>((resolve, reject) => {
      const check = async (): Promise<void> => {
        if (!('unerased' in (await storage.info()))) resolve()
      }
      storage.watch(() => void check().catch(reject))
      check().catch(reject)
    })
    expect(filesIn(dir).some(file => Buffer.from(file).includes(secret))).toBe(false)
    expect(await storage.list('')).toEqual(['kept'])
  })

  it('keeps what was deleted on disk no longer than it takes to fold it', async () => {
    const storage = await openStorage()
    const secret = Buffer.from('a secret of 20 bytes')
    await storage.batch([['secret', secret]], [])
    await storage.batch([], ['secret'])
    for (let batch = 0; batch < 40; batch += 1) await storage.batch([['same', new Uint8Array(60_000)]], [])
    const logs = readdirSync(join(dir, 'db', 'logs')).map(name => readFileSync(join(dir, 'db', 'logs', name)))
    expect(logs.some(log => log.includes(secret))).toBe(false)
  })
})
