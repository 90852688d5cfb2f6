import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from './durable-files.js'
import { useFolder } from './fixtures/use-folder.js'
import { FolderMaker } from './folder-maker.js'

const folder = useFolder()

it('a folder that was there is synced once, as who made it may have died; one that is made again is synced again', async () => {
  const synced: string[] = []
  const maker = new FolderMaker(folder.path, async path => void synced.push(path))
  const inner = join(folder.path, 'log', 'ab')
  await mkdir(inner, { recursive: true })
  await maker.make(inner)
  expect(synced).toEqual([dirname(inner), folder.path])
  await maker.make(inner)
  expect(synced).toHaveLength(2)
  await folder.remove()
  await mkdir(folder.path)
  await maker.make(inner)
  expect(synced).toHaveLength(4)
})

it('folders are for their user only', async () => {
  const inner = join(folder.path, 'a', 'b')
  await makeFolder(inner)
  for (const path of [inner, dirname(inner)]) expect((await stat(path)).mode & 0o777).toBe(0o700)
})
