import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FirekeepError } from '@firekeep/core/protocol'
import { openEmbeddedEngine } from '../engines/embedded-engine.js'
import { assertData } from './assert-data.js'
import { type CheckReport, checkData } from './check-data.js'

/**
 * Puts a backup in the place of a folder that is missing or empty: it is copied beside it, checked, and renamed, so
 * that there is never half of it. The backup stays as it is. `INVALID_OPTION` where there is data already.
 */
export async function restoreBackup(backup: string, dir: string): Promise<CheckReport> {
  const names = await namesOf(dir)
  if (names !== undefined && names.length > 0) {
    throw new FirekeepError(
      'INVALID_OPTION',
      `${dir} is not empty: move it away, or restore into another folder`,
    )
  }
  await assertData(backup)
  const copy = `${dir}.restoring-${randomBytes(4).toString('hex')}`
  try {
    await copyFolder(backup, copy)
    const report = await check(copy)
    if (names !== undefined) await rmdir(dir)
    await rename(copy, dir)
    await sync(dirname(dir))
    return report
  } catch (error) {
    await rm(copy, { recursive: true, force: true })
    throw error
  }
}

async function check(dir: string): Promise<CheckReport> {
  const engine = await openEmbeddedEngine({ dir })
  try {
    return await checkData(engine)
  } finally {
    await engine.close()
  }
}

async function namesOf(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Copies files and folders, durably; what is neither is left out. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyFolder(source, target)
    else if (entry.isFile()) {
      await copyFile(source, target)
      await sync(target)
    }
  }
  await sync(to)
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
