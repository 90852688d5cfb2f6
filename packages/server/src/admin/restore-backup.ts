import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FirekeepError } from '@firekeep/core/protocol'
import { makeFolder } from '../engines/embedded/durable-files.js'
import { DATABASE_NAME, LOCK_NAME } from '../engines/embedded/folder-layout.js'
import { lockFolder } from '../engines/embedded/folder-lock.js'
import { openEmbeddedEngine } from '../engines/embedded-engine.js'
import { assertData } from './assert-data.js'
import { type CheckReport, checkData } from './check-data.js'

/**
 * Puts a backup into a folder that is missing or empty. The folder stays the one it is, as it may be a mount point: the
 * copy is made and checked in a folder within, and moved up, the database last. So what was cut short does not open as
 * data. The backup stays as it is. `INVALID_OPTION` where there is data already.
 */
export async function restoreBackup(backup: string, dir: string): Promise<CheckReport> {
  const names = await namesOf(dir)
  if (names?.some(name => !IGNORED.has(name))) {
    throw new FirekeepError(
      'INVALID_OPTION',
      `${dir} is not empty: move it away, or restore into another folder`,
    )
  }
  await assertData(backup)
  await makeFolder(dir)
  // No server may start there meanwhile.
  const unlock = lockFolder(dir)
  try {
    return await restoreInto(dir, backup)
  } catch (error) {
    await rm(join(dir, RESTORING), { recursive: true, force: true })
    throw error
  } finally {
    unlock()
  }
}

/** Where the copy is made, within the folder. */
const RESTORING = '.restoring'
/** What an empty folder may hold: what a restore left that was cut short, and what a file system makes in its root. */
const IGNORED: ReadonlySet<string> = new Set([RESTORING, LOCK_NAME, 'lost+found'])

async function restoreInto(dir: string, backup: string): Promise<CheckReport> {
  const copy = join(dir, RESTORING)
  await rm(copy, { recursive: true, force: true })
  await copyFolder(backup, copy)
  const report = await check(copy)
  const names = (await readdir(copy)).filter(name => name !== LOCK_NAME && name !== DATABASE_NAME)
  const moved: string[] = []
  try {
    for (const name of [...names, DATABASE_NAME]) {
      if (name === DATABASE_NAME) await sync(dir)
      await rename(join(copy, name), join(dir, name))
      moved.push(name)
    }
    await rm(copy, { recursive: true })
    await sync(dir)
  } catch (error) {
    for (const name of moved.reverse()) await rm(join(dir, name), { recursive: true, force: true })
    throw error
  }
  return report
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
