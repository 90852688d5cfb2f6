import { createFileSpace } from './file-storage.js'
import { builtInModule } from './files/built-in-module.js'
import type { StorageSpace } from './storage.js'

/** The space in `dir`, else in `FIREKEEP_DIR`, else in the user's data folder. */
export function createDefaultFileSpace(dir: string | undefined): StorageSpace {
  const { env } = builtInModule<{ env: Readonly<Record<string, string | undefined>> }>('node:process')
  return createFileSpace({ dir: dir || env.FIREKEEP_DIR || dataFolder(env.XDG_DATA_HOME) })
}

/** A relative XDG_DATA_HOME is to be ignored, says the XDG Base Directory specification. */
function dataFolder(xdgDataHome: string | undefined): string {
  const path = builtInModule<{ isAbsolute(path: string): boolean; join(...parts: string[]): string }>(
    'node:path',
  )
  if (xdgDataHome && path.isAbsolute(xdgDataHome)) return path.join(xdgDataHome, 'firekeep')
  return path.join(builtInModule<{ homedir(): string }>('node:os').homedir(), '.local', 'share', 'firekeep')
}
