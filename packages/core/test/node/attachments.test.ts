import { describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import {
  attachFile,
  listFiles,
  type Note,
  openFile,
  readStart,
  removeFile,
  rename,
  saveNote,
} from './fixtures/attachments-example.js'
import { readExample } from './fixtures/read-example.js'

describe('the page on attachments', () => {
  it('shows the code that is tested here', async () => {
    const { shown, run } = await readExample('attachments.md', './attachments-example.ts')
    expect(shown).toBe(run)
  })

  it('does what it says', async () => {
    const db = createTestDatabase<Note>()
    await saveNote(db, 'a', 'first', {
      'a/b.txt': new Blob(['hello']),
      big: new Blob([new Uint8Array(3_000_000)]),
    })
    await rename(db, 'a', 'second')
    await attachFile(db, 'a', 'c', new Blob(['more']))
    expect(await listFiles(db, 'a')).toEqual({ 'a/b.txt': 5, big: 3_000_000, c: 4 })
    expect(await (await openFile(db, 'a', 'a/b.txt'))?.text()).toBe('hello')
    expect((await readStart(db, 'a', 'big', 10)).byteLength).toBe(10)
    await removeFile(db, 'a', 'a/b.txt')
    expect(await listFiles(db, 'a')).toEqual({ big: 3_000_000, c: 4 })
    expect((await db.get('a')).title).toBe('second')
    expect(await openFile(db, 'a', 'a/b.txt')).toBeUndefined()
    await db.close()
  })
})
