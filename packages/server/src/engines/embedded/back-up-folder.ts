import { constants, copyFile, link, open, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { FirekeepError } from '@firekeep/core'
import { openConnection } from './connection.js'
import { isMissing, makeFolder, syncFolder } from './durable-files.js'
import { DATABASE_NAME } from './folder-layout.js'
import { onDisk } from './storage-failure.js'

/**
 * Copies the folder of an embedded engine into a new one: the database first, then the blobs, so that every blob the
 * copied log refers to is there as long as none is removed meanwhile, for which the caller sees. Blobs never change,
 * so they are linked where the file system can.
 */
export async function backUpFolder(folder: string, target: string): Promise<void> {
  await onDisk(target, async () => {
    await assertEmpty(target)
    await makeFolder(target)
    const database = join(target, DATABASE_NAME)
    const unfinished = `${database}.unfinished`
    await copyDatabase(join(folder, DATABASE_NAME), unfinished)
    await copyBlobs(join(folder, 'blobs'), join(target, 'blobs'))
    // The name comes last: a copy that was cut short is no backup, and does not open as one.
    await rename(unfinished, database)
    await syncFolder(target)
  })
}

async function assertEmpty(target: string): Promise<void> {
  const names = await readdir(target).catch(error => {
    if (isMissing(error)) return []
    throw error
  })
  if (names.length === 0) return
  throw new FirekeepError('INVALID_OPTION', `${target} is not empty: back up into a new folder`, {
    details: { folder: target },
  })
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const connection = await openConnection(from)
  try {
    await connection.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`)
  } finally {
    connection.close()
  }
  await syncFile(to)
}

/** Copies a tree of folders. */
async function copyBlobs(from: string, to: string): Promise<void> {
  await makeFolder(to)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyBlobs(source, copy)
    else await copyBlob(source, copy)
  }
  await syncFolder(to)
}

async function copyBlob(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    // A blob that went before the copy began, or one that no log refers to.
    if (isMissing(error)) return
    await copyFile(from, to, constants.COPYFILE_EXCL)
    await syncFile(to)
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
