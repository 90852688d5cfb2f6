import { describe, expect, it } from 'vitest'
import type { StoredFile } from '../../src/database/files/file-types.js'
import { firekeep } from '../../src/database/firekeep.js'
import { deleteDatabase } from '../../src/index.js'

const MIB = 1024 * 1024

describe('attachments in IndexedDB', () => {
  it('are what was put, after the database was opened again, as a whole and in ranges', async () => {
    const name = `files ${Math.random()}`
    const bytes = new Uint8Array(5 * MIB + 7)
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) ^ (i >> 11)
    const db = firekeep(name)
    const progress: number[] = []
    const given = {
      'picture of a/b.png': new File([bytes], 'other.png', { type: 'image/png', lastModified: 12345 }),
      empty: new Blob([]),
      __proto__x: new Blob(['text'], { type: 'text/plain' }),
    }
    await db.put({ _id: 'a', _files: given }, { onProgress: ({ done }) => progress.push(done) })
    expect(progress.at(-1)).toBe(bytes.length + 4)
    await db.close()

    const again = firekeep(name)
    const doc = structuredClone(await again.get('a'))
    await again.put({ ...doc, title: 'edited' })
    const files = (await again.get('a'))._files as Record<string, StoredFile>
    const stored = files['picture of a/b.png'] as StoredFile
    const file = await stored.file()
    expect(file).toBeInstanceOf(File)
    expect(file).toMatchObject({ name: 'picture of a/b.png', type: 'image/png', lastModified: 12345 })
    const digestOf = async (content: ArrayBuffer) =>
      new Uint8Array(await crypto.subtle.digest('SHA-256', content))
    expect(await digestOf(await file.arrayBuffer())).toEqual(await digestOf(bytes.buffer))
    const range = new Response(stored.stream({ start: 3 * MIB - 5, end: 3 * MIB + 5 }))
    expect(new Uint8Array(await range.arrayBuffer())).toEqual(bytes.subarray(3 * MIB - 5, 3 * MIB + 5))
    expect((await (files.empty as StoredFile).file()).size).toBe(0)
    expect(await (await (files.__proto__x as StoredFile).file()).text()).toBe('text')
    await again.close()
    await deleteDatabase(name)
  })
})
