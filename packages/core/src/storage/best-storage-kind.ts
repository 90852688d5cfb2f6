import type { StorageKind } from './storage.js'

/** The kind of storage to use where none is asked for; see `openDefaultSpace`. */
export function bestStorageKind(): StorageKind {
  if (hasIndexedDb()) return 'indexeddb'
  if (typeof document === 'undefined' && isNode()) return 'files'
  warnOnce()
  return 'memory'
}

export function hasIndexedDb(): boolean {
  return typeof indexedDB === 'object' && indexedDB !== null
}

function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node !== undefined
}

let hasWarned = false

function warnOnce(): void {
  if (hasWarned) return
  hasWarned = true
  console.warn(
    'Firekeep found neither IndexedDB nor Node without a DOM: data is kept in memory and gone when this process ' +
      'ends. Pass `storage: "memory"` if that is meant.',
  )
}
