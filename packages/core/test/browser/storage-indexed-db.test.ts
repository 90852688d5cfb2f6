import { describe, expect, it } from 'vitest'
import { createIndexedDbSpace } from '../../src/storage/indexed-db-storage.js'
import type { StorageSpace } from '../../src/storage/storage.js'
import { storageConformance } from '../../src/testing/storage-conformance.js'

let spaces = 0

storageConformance(
  {
    name: 'IndexedDB',
    async createSpace() {
      spaces += 1
      return createIndexedDbSpace({ prefix: `conformance-${spaces}` })
    },
    async reopenSpace(space) {
      return createIndexedDbSpace({ prefix: prefixOf(space) })
    },
    async disposeSpace(space) {
      const databases = await indexedDB.databases()
      for (const { name } of databases) {
        if (name?.startsWith(`${prefixOf(space)}/`)) indexedDB.deleteDatabase(name)
      }
    },
  },
  { describe, expect, it },
)

function prefixOf(space: StorageSpace): string {
  return space.id.slice('indexeddb:'.length)
}
