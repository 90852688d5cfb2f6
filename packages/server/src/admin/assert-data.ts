import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { FirekeepError } from '@firekeep/core/protocol'
import { DATABASE_NAME } from '../engines/embedded/folder-layout.js'

/** `INVALID_OPTION` unless a folder holds the data of an embedded engine: opening it would make an empty one. */
export async function assertData(folder: string): Promise<void> {
  try {
    await access(join(folder, DATABASE_NAME))
  } catch (cause) {
    throw new FirekeepError('INVALID_OPTION', `there is no data of a server in ${folder}`, { cause })
  }
}
