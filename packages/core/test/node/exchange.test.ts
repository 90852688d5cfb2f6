import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/database.js'
import type { AnyDocument } from '../../src/database/document-types.js'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import { check, readEvidence } from './fixtures/audit-example.js'
import { backUp, copyDocuments, moveHistory, restore } from './fixtures/export-example.js'
import { readExample } from './fixtures/read-example.js'

let db: Database<AnyDocument>
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firekeep-exchange-'))
  db = createTestDatabase()
  await db.put({ _id: 'a', n: 1 })
  await db.put({ _id: 'a', n: 2 })
})

afterEach(async () => {
  await db.close()
  await rm(dir, { recursive: true, force: true })
})

describe('the examples of the documentation', () => {
  it.each([
    ['audit.md', './audit-example.ts'],
    ['export.md', './export-example.ts'],
  ])('%s is what runs here', async (page, fixture) => {
    const { shown, run } = await readExample(page, fixture)
    expect(shown).toBe(run)
  })

  it('check a database, and read a proof', async () => {
    expect(await check(db)).toEqual([])
    const { database, author } = await db.identity()
    const text = await readEvidence(await db.proof('a'), database)
    expect(text).toContain(`{"_id":"a","n":2} by ${author} at 2026-`)
  })

  it('back a database up and bring it back', async () => {
    const file = join(dir, 'backup')
    await backUp(db, file)
    const other = createTestDatabase({ key: await db.exportKey(), seed: 2 })
    expect(await restore(other, file)).toBe(2)
    expect(await other.get('a')).toEqual({ _id: 'a', n: 2 })
    expect(await restore(other, file)).toBe(0)
    await other.close()
  })

  it('move history away, and copy documents', async () => {
    const chunks: Uint8Array[] = []
    await moveHistory(db, async bytes => void chunks.push(bytes))
    expect((await db.verify()).pruned).toBe(1)
    expect((await db.import(new Blob(chunks as BlobPart[]))).restored).toBe(1)
    const other = createTestDatabase({ seed: 2 })
    expect(await copyDocuments(db, other)).toBe(1)
    expect(await other.get('a')).toEqual({ _id: 'a', n: 2 })
    await other.close()
  })
})
