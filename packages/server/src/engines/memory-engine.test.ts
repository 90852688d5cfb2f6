import { describe, expect, it } from 'vitest'
import { engineConformance } from './engine-conformance.js'
import { openMemoryEngine } from './memory-engine.js'

engineConformance(
  {
    name: 'memory',
    createPlace: async now => ({
      isDurable: false,
      open: () => openMemoryEngine(now),
      dispose: async () => {},
    }),
  },
  { describe, it, expect },
)
