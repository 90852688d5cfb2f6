import { createMemorySpace } from './memory-storage.js'
import type { StorageSpace } from './storage.js'

const SPACE = Symbol.for('firekeep.memory-space')

/** The one memory space of this process; the same when this module is evaluated again, as hot reloading does. */
export function defaultMemorySpace(): StorageSpace {
  const global = globalThis as { [SPACE]?: StorageSpace }
  global[SPACE] ??= createMemorySpace({ id: 'memory' })
  return global[SPACE]
}
