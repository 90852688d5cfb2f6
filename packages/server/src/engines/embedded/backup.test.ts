import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openEmbeddedEngine } from '../embedded-engine.js'
import type { Engine } from '../engine.js'
import { ALL, append, bytesOf, collect, hex, LOG, nameOf, putBlob } from '../testing/samples.js'
import { useFolder } from './fixtures/use-folder.js'

const folder = useFolder()

it('a backup that is made while appends go on opens, whole up to some entry, with the blobs it refers to', async () => {
  const engine = await openEmbeddedEngine({ dir: join(folder.path, 'data') })
  const target = join(folder.path, "back'up")
  let isDone = false
  for (let seq = 0; seq < 20; seq++) await append(engine.log, `early ${seq}`)
  const writing = writeUntil(engine, () => isDone)
  await engine.backup?.(target)
  isDone = true
  const written = await writing
  const copy = await openEmbeddedEngine({ dir: target })
  const [page, original] = await Promise.all([copy, engine].map(({ log }) => log.read(LOG, 0, ALL)))
  const count = page?.entries.length ?? 0
  expect(count).toBeGreaterThanOrEqual(20)
  expect(count).toBeLessThanOrEqual(written + 20)
  expect(page?.entries).toEqual(original?.entries.slice(0, count))
  for (const name of await copy.log.referencedBlobs(LOG)) expect(await copy.blobs.has(LOG, name)).toBe(true)
  await append(copy.log, 'more')
  await Promise.all([copy.close(), engine.close()])
})

it('removals wait for the end of a backup', async () => {
  const engine = await openEmbeddedEngine({ dir: join(folder.path, 'data') })
  const names = await Promise.all([1, 2, 3].map(seed => putBlob(engine.blobs, bytesOf(seed, 1000))))
  await append(engine.log, 'entry', { blobs: names })
  const target = join(folder.path, 'backup')
  const ended: string[] = []
  const backup = engine.backup?.(target).then(() => ended.push('backup'))
  const removals = [
    engine.blobs.remove(LOG, names).then(() => ended.push('remove')),
    engine.log.redact(LOG, 1, bytesOf('rest', 5)).then(() => ended.push('redact')),
  ]
  await Promise.all([backup, ...removals])
  expect(ended[0]).toBe('backup')
  await engine.close()
  const copy = await openEmbeddedEngine({ dir: target })
  for (const [index, name] of names.entries()) {
    const content = await copy.blobs.get(LOG, name)
    const bytes = Buffer.concat(await collect(content?.stream ?? (async function* () {})()))
    expect(hex(bytes)).toBe(hex(bytesOf(index + 1, 1000)))
  }
  await copy.close()
})

it('a folder that is not empty is refused and left as it is', async () => {
  const engine = await openEmbeddedEngine({ dir: join(folder.path, 'data') })
  await writeFile(join(folder.path, 'mine'), 'text')
  await expect(engine.backup?.(folder.path)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  expect((await readdir(folder.path)).sort()).toEqual(['data', 'mine'])
  await engine.close()
})

/** Appends, each entry with a blob, until it is told to stop and has 20 before and after. */
async function writeUntil(engine: Engine, isDone: () => boolean): Promise<number> {
  let count = 0
  for (; count < 20 || !isDone(); count++) {
    const blob = bytesOf(`blob ${count}`, 100)
    await putBlob(engine.blobs, blob)
    await append(engine.log, count, { blobs: [nameOf(blob)] })
  }
  return count
}
