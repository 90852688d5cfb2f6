import { describe, expect, it } from 'vitest'
import { Damage } from '../audit/fixtures/damage.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import { bytesOf } from './fixtures/bytes-of.js'

const KEY = new Uint8Array(32).fill(6)

function open(seed: number, space = createMemorySpace()): Database<AnyDocument> {
  return openReplica({ space, seed, key: KEY })
}

const textOf = async (db: Database<AnyDocument>, id: string, name: string) =>
  (await (await db.get(id))._files?.[name]?.file())?.text()

describe('attachments', () => {
  it.each([false, true])('go with an export, unless they are left out (sealed: %s)', async sealed => {
    const [a, b, c] = [open(1), open(2), open(3)]
    await a.put({ _id: 'x', _files: { note: new Blob(['some text']), 'a/b': new Blob([]) } })
    await a.put({ _id: 'y', _files: { large: new Blob(['z'.repeat(2_500_000)]) } })
    const bytes = await bytesOf(a.export({ sealed }))
    await b.import(bytes)
    expect(await textOf(b, 'x', 'note')).toBe('some text')
    expect(await textOf(b, 'x', 'a/b')).toBe('')
    expect((await textOf(b, 'y', 'large'))?.length).toBe(2_500_000)
    expect(await b.verify()).toMatchObject({ isSound: true, files: 2, findings: [] })
    expect(Buffer.compare(await bytesOf(b.export()), await bytesOf(a.export()))).toBe(0)
    await c.import(await bytesOf(a.export({ sealed, files: false })))
    await expect(textOf(c, 'x', 'note')).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    await Promise.all([a.close(), b.close(), c.close()])
  })

  it('of a damaged export are not stored', async () => {
    const space = createMemorySpace()
    const [a, b] = [open(1), open(2, space)]
    await a.put({ _id: 'x', _files: { note: new Blob(['some text']) } })
    const bytes = await bytesOf(a.export())
    for (let at = bytes.length - 700; at < bytes.length; at += 31) {
      const damaged = bytes.with(at, (bytes[at] as number) ^ 1)
      await expect(b.import(damaged)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
    expect(await new Damage(space).entries('file').catch(() => [])).toEqual([])
    await Promise.all([a.close(), b.close()])
  })

  it('go with the archive of what is pruned, and come back with it', async () => {
    const db = open(1)
    const { clock } = await db.put({ _id: 'x', _files: { note: new Blob(['first']) } })
    await db.put({ _id: 'x', _files: { note: new Blob(['second']) } })
    const chunks: Uint8Array[] = []
    await db.compact({ archive: bytes => void chunks.push(bytes) })
    expect((await db.verify()).files).toBe(1)
    expect(await db.import(new Blob(chunks as BlobPart[]))).toMatchObject({ restored: 1 })
    const then = await db.get('x', { asOf: clock })
    expect(await (await then._files?.note?.file())?.text()).toBe('first')
    await db.compact()
    expect(await db.verify()).toMatchObject({ isSound: true, files: 2 })
    await db.close()
  })

  it('that are damaged are named by verify, with the document', async () => {
    const space = createMemorySpace()
    const db = open(1, space)
    const { clock } = await db.put({ _id: 'x', _files: { note: new Blob(['some text']) } })
    const damage = new Damage(space)
    const [segment] = await damage.entries('file/')
    await damage.flip(segment as never, 100)
    const { findings, isSound } = await db.verify()
    expect(isSound).toBe(false)
    expect(findings).toEqual([
      {
        code: 'CORRUPT',
        message: expect.stringContaining('attachment'),
        id: 'x',
        commit: clock[0],
        place: expect.stringMatching(/^file-pack\//),
      },
    ])
    await damage.remove(segment as never)
    expect((await db.verify()).findings).toHaveLength(1)
    await db.close()
  })

  it('are named in NDJSON, and stay where the document has them already', async () => {
    const [a, b] = [open(1), open(2)]
    await a.put({ _id: 'x', n: 1, _files: { note: new Blob(['some text'], { type: 'text/plain' }) } })
    const lines = await bytesOf(a.exportJson())
    expect(JSON.parse(new TextDecoder().decode(lines))._files.note).toMatchObject({
      size: 9,
      type: 'text/plain',
    })
    await a.importJson(lines)
    expect(await textOf(a, 'x', 'note')).toBe('some text')
    await b.importJson(lines)
    expect(await b.get('x')).toEqual({ _id: 'x', n: 1 })
    await Promise.all([a.close(), b.close()])
  })
})
