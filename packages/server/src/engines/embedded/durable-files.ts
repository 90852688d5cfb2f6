import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes the names in a folder durable: what was created, renamed or removed in it. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Creates a folder, for its user only, with those above it, durably. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return syncParent(folder)
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === 'ENOENT'
}

/** A folder that was there: whoever made it may have died before its name was durable. What others own may be closed. */
async function syncParent(folder: string): Promise<void> {
  try {
    await syncFolder(dirname(folder))
  } catch (error) {
    if (!CLOSED.has((error as { code?: string }).code ?? '')) throw error
  }
}

const CLOSED: ReadonlySet<string> = new Set(['EACCES', 'EPERM'])
