import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../primitives/bytes.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { createTestDatabase } from '../../testing/create-test-database.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import { GeneratedBlob } from '../fixtures/generated-blob.js'
import { storedKeys } from '../fixtures/stored-keys.js'
import type { StoredFile } from './file-types.js'

const MIB = 1024 * 1024

async function filesOf(db: Database<AnyDocument>, id: string): Promise<Record<string, StoredFile>> {
  return (await db.get(id))._files as Record<string, StoredFile>
}

async function textOf(file: StoredFile | undefined): Promise<string> {
  return (await (file as StoredFile).file()).text()
}

describe('attachments', () => {
  it('come back with name, type, size and time, whatever their names are', async () => {
    const db = createTestDatabase()
    const names = ['a/b\\c.txt', '../up', 'ü 🔥 名', '__proto__', 'constructor', '', '/', '//', '7', ' ']
    const given = Object.fromEntries(
      names.map((name, i) => [
        name,
        new File([`content ${i}`], 'another name', { type: 'text/plain', lastModified: 1000 + i }),
      ]),
    )
    await db.put({ _id: 'a', _files: given })
    const files = await filesOf(db, 'a')
    expect(Object.keys(files).sort()).toEqual([...names].sort())
    expect(new Set(Object.values(files).map(({ pack }) => pack)).size).toBe(1)
    for (const [i, name] of names.entries()) {
      const stored = Object.getOwnPropertyDescriptor(files, name)?.value as StoredFile
      expect(stored).toMatchObject({ type: 'text/plain', size: 9, lastModified: 1000 + i })
      const file = await stored.file()
      expect(file).toMatchObject({ name, type: 'text/plain', lastModified: 1000 + i })
      expect(await file.text()).toBe(`content ${i}`)
    }
    await db.close()
  })

  it('may be empty, and take the time of the put where they are blobs', async () => {
    const db = createTestDatabase()
    await db.put({ _id: 'a', _files: { empty: new Blob([]), none: undefined } })
    const { empty, ...others } = await filesOf(db, 'a')
    expect(others).toEqual({})
    expect(empty).toMatchObject({ size: 0, type: '' })
    expect(empty?.lastModified).toBeGreaterThan(0)
    expect((await (empty as StoredFile).file()).size).toBe(0)
    await db.put({ _id: 'b', n: 1, _files: {} })
    expect(await db.get('b')).toEqual({ _id: 'b', n: 1 })
    await db.close()
  })

  it('stay where they are when other things change, and are replaced singly', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ storage: space })
    await db.put({ _id: 'a', title: 1, _files: { one: new Blob(['1']), two: new Blob(['2']) } })
    const packs = () => storedKeys(space, 'file-pack/')
    const first = await packs()
    for (const copy of [
      (doc: AnyDocument) => doc,
      structuredClone,
      (doc: AnyDocument) => JSON.parse(JSON.stringify(doc)),
    ]) {
      const doc = copy(await db.get('a'))
      await db.put({ ...doc, title: doc.title + 1 })
    }
    expect((await db.get('a')).title).toBe(4)
    expect(await packs()).toEqual(first)
    await db.update('a', doc => ({ ...doc, _files: { ...doc?._files, two: new Blob(['new 2']) } }))
    expect(await packs()).toHaveLength(2)
    const files = await filesOf(db, 'a')
    expect(await textOf(files.one)).toBe('1')
    expect(await textOf(files.two)).toBe('new 2')
    expect(files.one?.pack).not.toBe(files.two?.pack)
    await db.put({ _id: 'a' })
    expect(await db.get('a')).toEqual({ _id: 'a' })
    await db.close()
  })

  it('load through every way that documents come out', async () => {
    const db = createTestDatabase()
    const live = db.live('n')
    const told: AnyDocument[] = []
    const heard = new Promise<void>(resolve => {
      db.subscribe(changes => {
        told.push(...changes)
        resolve()
      })
    })
    const shown = new Promise<void>(resolve => {
      live.subscribe(({ docs }) => docs.length > 0 && resolve())
    })
    const { clock } = await db.put({ _id: 'a', n: 1, _files: { f: new Blob(['x']) } })
    await Promise.all([heard, shown])
    const docs: unknown[] = [
      await db.get('a'),
      await db.get('a'),
      await db.find('a'),
      await db.get('a', { asOf: clock }),
      ...(await db.allDocs()).docs,
      ...(await db.query('n')).docs,
      ...(await db.query('n', { asOf: clock })).docs,
      ...live.getSnapshot().docs,
      ...(await db.changes()).docs,
      ...(await db.history('a').toArray()).map(({ doc }) => doc),
      ...told,
      await db.transact(async tx => tx.get('a')),
    ]
    expect(docs).toHaveLength(12)
    for (const doc of docs as { _files: Record<string, StoredFile> }[])
      expect(await textOf(doc._files.f)).toBe('x')
    const [doc] = live.getSnapshot().docs
    const { file } = (doc as unknown as { _files: Record<string, StoredFile> })._files.f as StoredFile
    expect(await (await file()).text()).toBe('x')
    live.close()
    await db.close()
  })

  it('take part in bulk, transactions and updates, in one pack each', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ storage: space })
    await db.bulk([
      { _id: 'a', _files: { f: new Blob(['lost']) } },
      { _id: 'b', _files: { f: new Blob(['b']) } },
      { _id: 'a', _files: { f: new Blob(['a']) } },
    ])
    expect(await storedKeys(space, 'file-pack/')).toHaveLength(1)
    const given = new Blob(['tx'])
    await db.transact(async tx => {
      tx.put({ _id: 'c', n: 1, _files: { f: given } })
      expect((await tx.find('c'))?._files?.f).toBe(given)
      const a = await tx.get('a')
      tx.put({ ...a, seen: true })
    })
    expect(await storedKeys(space, 'file-pack/')).toHaveLength(2)
    expect(await textOf((await filesOf(db, 'a')).f)).toBe('a')
    expect(await textOf((await filesOf(db, 'b')).f)).toBe('b')
    expect(await textOf((await filesOf(db, 'c')).f)).toBe('tx')
    await expect(
      db.transact(tx => {
        tx.put({ _id: 'd', _files: { f: new Blob(['d']) } })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await storedKeys(space, 'file/')).toHaveLength(2)
    await db.close()
  })

  it('are taken over from another database by their content', async () => {
    const [from, to] = [createTestDatabase({ seed: 1 }), createTestDatabase({ seed: 2 })]
    const large = new GeneratedBlob(3 * MIB + 5)
    await from.put({
      _id: 'a',
      _files: { f: new File(['abc'], '', { type: 'text/css', lastModified: 7 }), large },
    })
    const doc = await from.get('a')
    await to.put(doc)
    await from.close()
    const files = await filesOf(to, 'a')
    expect(files.f).toMatchObject({ type: 'text/css', size: 3, lastModified: 7, cid: doc._files?.f?.cid })
    expect(files.f?.pack).not.toBe(doc._files?.f?.pack)
    expect(await textOf(files.f)).toBe('abc')
    const copied = new Uint8Array(await (await (files.large as StoredFile).file()).arrayBuffer())
    expect(equalBytes(copied, large.range(0, large.size))).toBe(true)
    await to.close()
  })

  it.each([
    ['text', 'text'],
    ['bytes', new Uint8Array(3)],
    ['null', null],
    ['an object', { cid: 'x' }],
    ['a damaged copy', { cid: 'bafy', lastModified: 1, pack: 'x.1.2', size: 1, type: '' }],
  ])('refuse %s, at its place', async (_, value) => {
    const db = createTestDatabase()
    await expect(db.put({ _files: { 'a b': value as never } })).rejects.toMatchObject({
      code: 'INVALID_DOCUMENT',
      details: { path: '_files["a b"]' },
    })
    await expect(db.put({ _files: [] as never })).rejects.toMatchObject({ details: { path: '_files' } })
    await db.close()
  })

  it('that cannot be read leave nothing behind', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ storage: space })
    const gone = new GeneratedBlob(6 * MIB, { failsAt: 5 * MIB })
    await expect(db.put({ _id: 'a', _files: { ok: new Blob(['x']), gone } })).rejects.toMatchObject({
      code: 'INVALID_DOCUMENT',
      details: { path: '_files.gone' },
    })
    expect(await storedKeys(space, 'file')).toEqual([])
    expect(await db.has('a')).toBe(false)
    await db.close()
  })

  it('are given up by a signal and tell how far they are', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ storage: space })
    const abort = new AbortController()
    const steps: unknown[] = []
    const put = db.put(
      { _id: 'a', _files: { large: new GeneratedBlob(6 * MIB) } },
      {
        signal: abort.signal,
        onProgress: progress => {
          steps.push(progress.done)
          if (progress.done === 5 * MIB) abort.abort()
        },
      },
    )
    await expect(put).rejects.toMatchObject({ code: 'ABORTED' })
    expect(steps).toEqual([0, 1, 2, 3, 4, 5].map(n => n * MIB))
    expect(await storedKeys(space, 'file')).toEqual([])
    expect(await db.has('a')).toBe(false)
    await db.close()
  })

  it('keep their puts in the order of issue (L9)', async () => {
    const db = createTestDatabase()
    const first = db.put({ _id: 'a', n: 1, _files: { large: new GeneratedBlob(3 * MIB) } })
    const second = db.put({ _id: 'a', n: 2 })
    expect(await db.get('a')).toEqual({ _id: 'a', n: 2 })
    await Promise.all([first, second])
    expect(await db.conflicts().toArray()).toEqual([])
    expect((await db.history('a').toArray()).map(({ doc }) => (doc as AnyDocument).n)).toEqual([2, 1])
    await db.close()
  })

  it('are not kept where the put is stale', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ storage: space })
    const { clock } = await db.put({ _id: 'a', n: 1 })
    await db.put({ _id: 'a', n: 2 })
    const stale = db.put({ _id: 'a', _files: { f: new Blob(['x']) } }, { basedOn: clock, ifStale: 'fail' })
    await expect(stale).rejects.toMatchObject({ code: 'STALE' })
    expect(await storedKeys(space, 'file')).toEqual([])
    await db.close()
  })

  it('are read in ranges and with progress, and refuse others', async () => {
    const db = createTestDatabase()
    const blob = new GeneratedBlob(2 * MIB + 10)
    await db.put({ _id: 'a', _files: { f: blob } })
    const f = (await filesOf(db, 'a')).f as StoredFile
    const range = new Response(f.stream({ start: MIB - 3, end: MIB + 4 }))
    expect(new Uint8Array(await range.arrayBuffer())).toEqual(blob.range(MIB - 3, MIB + 4))
    const steps: number[] = []
    await f.file({ onProgress: ({ done }) => steps.push(done) })
    expect(steps).toEqual([0, MIB, 2 * MIB, blob.size])
    await expect(f.file({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
    for (const wrong of [{ start: -1 }, { start: 5, end: 4 }, { end: 0.5 }, { form: 1 } as object])
      await expect(f.stream(wrong).getReader().read()).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const reader = f.stream().getReader()
    expect((await reader.read()).value).toHaveLength(MIB)
    await reader.cancel()
    await db.close()
  })

  it('that are damaged or gone leave the document readable', async () => {
    const space = createMemorySpace()
    const db = createTestDatabase({ storage: space })
    await db.put({ _id: 'a', n: 1, _files: { f: new Blob(['x'.repeat(1000)]) } })
    const f = (await filesOf(db, 'a')).f as StoredFile
    const [key] = (await storedKeys(space, 'file/')) as [string]
    const [id] = (await space.list()).filter(each => each !== 'keys') as [string]
    const storage = await space.open(id)
    const bytes = (await storage.get(key)) as Uint8Array
    bytes[200] = (bytes[200] as number) ^ 1
    await storage.batch([[key, bytes]], [])
    await expect(f.file()).rejects.toMatchObject({ code: 'CORRUPT', details: { id: 'a', file: 'f' } })
    await storage.batch([], await storedKeys(space, 'file'))
    await expect(f.file()).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      details: { id: 'a', file: 'f' },
    })
    expect(await db.get('a')).toMatchObject({ n: 1, _files: { f: { size: 1000 } } })
    await storage.close()
    await db.close()
  })

  it.each([[32], ...(process.env.FIREKEEP_LONG ? [[200]] : [])])(
    'of %s MB are stored and read with bounded memory',
    async size => {
      const db = createTestDatabase()
      const blob = new GeneratedBlob(size * MIB)
      await db.put({ _id: 'a', _files: { f: blob } })
      expect(blob.mostAtOnce).toBeLessThanOrEqual(MIB)
      const f = (await filesOf(db, 'a')).f as StoredFile
      let read = 0
      for await (const piece of f.stream() as unknown as AsyncIterable<Uint8Array>) {
        expect(piece.length).toBeLessThanOrEqual(MIB)
        if (read % (8 * MIB) === 0) expect(piece.subarray(0, 64)).toEqual(blob.range(read, read + 64))
        read += piece.length
      }
      expect(read).toBe(size * MIB)
      await db.close()
    },
  )
})
