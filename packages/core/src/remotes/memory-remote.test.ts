import { describe, expect, it } from 'vitest'
import { remoteConformance } from '../testing/remote-conformance.js'
import { MemoryRemote } from './memory-remote.js'

remoteConformance({ name: 'memory', createRemote: async () => new MemoryRemote() }, { describe, expect, it })
