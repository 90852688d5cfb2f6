import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openEmbeddedEngine } from './embedded-engine.js'
import { engineConformance } from './engine-conformance.js'

engineConformance(
  {
    name: 'embedded',
    createPlace: async now => {
      const dir = await mkdtemp(join(tmpdir(), 'firekeep-engine-'))
      return {
        isDurable: true,
        open: () => openEmbeddedEngine({ dir, now }),
        dispose: () => rm(dir, { recursive: true }),
      }
    },
  },
  { describe, it, expect },
)
