import { mkdir, open, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'libsql'
import { expect, it } from 'vitest'
import { openEmbeddedEngine } from '../embedded-engine.js'
import { append, bytesOf, LOG, putBlob } from '../testing/samples.js'
import { useFolder } from './fixtures/use-folder.js'

const folder = useFolder()
const fileOf = (): string => join(folder.path, 'firekeep.sqlite')

it('a folder is open once at a time, and the error says so', async () => {
  const engine = await openEmbeddedEngine({ dir: folder.path })
  await expect(openEmbeddedEngine({ dir: folder.path })).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    message: expect.stringContaining('in use by another server'),
  })
  await append(engine.log, 1)
  await engine.close()
  const again = await openEmbeddedEngine({ dir: folder.path })
  expect((await again.log.info(LOG)).head.seq).toBe(1)
  await again.close()
})

it('a file that is no database is CORRUPT, the error says what to do, and the folder stays free', async () => {
  await writeFile(fileOf(), bytesOf('noise', 10_000))
  for (let round = 0; round < 2; round++) {
    await expect(openEmbeddedEngine({ dir: folder.path })).rejects.toMatchObject({
      code: 'CORRUPT',
      message: expect.stringContaining('Restore the folder from a backup'),
    })
  }
})

it('a database with a damaged page fails the calls that meet it with CORRUPT', async () => {
  const engine = await openEmbeddedEngine({ dir: folder.path })
  for (let seq = 0; seq < 20; seq++) await append(engine.log, seq)
  await engine.close()
  await damage(fileOf())
  const opened = openEmbeddedEngine({ dir: folder.path }).then(async damaged => {
    try {
      await damaged.log.read(LOG, 0, { limit: 100, bytes: 1e6 })
    } finally {
      await damaged.close()
    }
  })
  await expect(opened).rejects.toMatchObject({ code: 'CORRUPT', message: expect.stringContaining('backup') })
})

it('a database of a newer version is UNSUPPORTED_FORMAT', async () => {
  const database = new Database(fileOf())
  database.exec('PRAGMA user_version = 2')
  database.close()
  await expect(openEmbeddedEngine({ dir: folder.path })).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
})

it('a folder that lost its database but not its blobs is CORRUPT, not empty', async () => {
  const engine = await openEmbeddedEngine({ dir: folder.path })
  await putBlob(engine.blobs, bytesOf('blob', 10))
  await engine.close()
  await rm(fileOf())
  await expect(openEmbeddedEngine({ dir: folder.path })).rejects.toMatchObject({ code: 'CORRUPT' })
})

it('a folder that cannot be made is STORAGE_FAILED', async () => {
  await writeFile(join(folder.path, 'file'), '')
  const opened = openEmbeddedEngine({ dir: join(folder.path, 'file', 'data') })
  await expect(opened).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
})

it('what puts left unfinished is removed a day later', async () => {
  const temporary = join(folder.path, 'tmp')
  await mkdir(temporary)
  const now = 1_000_000_000_000
  for (const [name, time] of [
    ['old', now - 86_400_001],
    ['young', now - 86_000_000],
  ] as const) {
    await writeFile(join(temporary, name), 'part')
    await utimes(join(temporary, name), time / 1000, time / 1000)
  }
  const engine = await openEmbeddedEngine({ dir: folder.path, now: () => now })
  expect(await readdir(temporary)).toEqual(['young'])
  await engine.close()
})

/** Overwrites all pages but the first, which has the schema. */
async function damage(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  const { size } = await handle.stat()
  await handle.write(bytesOf('noise', size - 4096), 0, size - 4096, 4096)
  await handle.close()
}
