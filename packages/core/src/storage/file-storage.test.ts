import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { storageConformance } from '../testing/storage-conformance.js'
import { createFileSpace } from './file-storage.js'
import type { StorageSpace } from './storage.js'

storageConformance(
  {
    name: 'file',
    createSpace: async () => createFileSpace({ dir: mkdtempSync(join(tmpdir(), 'firekeep-')) }),
    reopenSpace: async space => createFileSpace({ dir: dirOf(space) }),
    disposeSpace: async space => rmSync(dirOf(space), { recursive: true }),
  },
  { describe, expect, it },
)

function dirOf(space: StorageSpace): string {
  return space.id.slice('files:'.length)
}
