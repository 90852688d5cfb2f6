import { resolve } from 'node:path'
import { FirekeepError } from '@firekeep/core/protocol'
import { askServer } from '../admin/ask-server.js'
import { assertData } from '../admin/assert-data.js'
import { type CheckReport, checkData } from '../admin/check-data.js'
import { restoreBackup } from '../admin/restore-backup.js'
import { openEmbeddedEngine } from '../engines/embedded-engine.js'
import type { Engine } from '../engines/engine.js'
import type { Terminal } from './terminal.js'

/** Copies the data into a new folder: by the server that runs on it, or by ourselves where none does. */
export async function backUp(target: string, dir: string, terminal: Terminal): Promise<void> {
  const folder = resolve(target)
  if ((await askServer(dir, 'backup', { folder })) === undefined) {
    await withEngine(dir, engine => engine.backup?.(folder))
  } else await assertArrived(folder)
  terminal.print(`Backed up to ${folder}`)
}

export async function restore(backup: string, dir: string, terminal: Terminal): Promise<void> {
  const report = await restoreBackup(resolve(backup), dir)
  tell(report, terminal)
  terminal.print(`Restored to ${dir}. Clients notice, and send again what the backup lacks.`)
}

/** Reads all data and says what is wrong with it. `CORRUPT` where something is. */
export async function check(dir: string, terminal: Terminal): Promise<void> {
  const report = (await askServer<CheckReport>(dir, 'check')) ?? (await withEngine(dir, checkData))
  tell(report, terminal)
  if (report.faults.length > 0) throw new FirekeepError('CORRUPT', 'the data is damaged: restore a backup')
}

function tell({ databases, entries, blobs, faults }: CheckReport, terminal: Terminal): void {
  for (const fault of faults) terminal.complain(fault)
  terminal.print(`${databases} databases, ${entries} entries, ${blobs} blobs, ${faults.length} faults`)
}

/** A server in a container, or with folders of its own, may have written into another place by the same name. */
async function assertArrived(folder: string): Promise<void> {
  try {
    await assertData(folder)
  } catch (cause) {
    const message = `the server has made a backup in what is ${folder} for it, but not for you: name a folder that both see alike`
    throw new FirekeepError('INVALID_OPTION', message, { cause })
  }
}

async function withEngine<T>(dir: string, use: (engine: Engine) => T | Promise<T>): Promise<T> {
  await assertData(dir)
  const engine = await openEmbeddedEngine({ dir })
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}
