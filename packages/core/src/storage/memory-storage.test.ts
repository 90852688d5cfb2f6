import { describe, expect, it } from 'vitest'
import { storageConformance } from '../testing/storage-conformance.js'
import { createMemorySpace } from './memory-storage.js'

storageConformance({ name: 'memory', createSpace: async () => createMemorySpace() }, { describe, expect, it })
