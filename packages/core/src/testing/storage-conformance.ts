import {
  type ConformanceRunner,
  ConformanceSuite,
  type StorageConformanceTarget,
} from './storage-conformance/conformance-suite.js'
import { testErasing } from './storage-conformance/erasing.js'
import { testGuard } from './storage-conformance/guard.js'
import { testHolders } from './storage-conformance/holders.js'
import { testLifetime } from './storage-conformance/lifetime.js'
import { testReading } from './storage-conformance/reading.js'
import { testSizes } from './storage-conformance/sizes.js'
import { testWriting } from './storage-conformance/writing.js'

export type { ConformanceRunner, StorageConformanceTarget }

/**
 * The tests that every adapter of the {@link Storage} port must pass. They wait for no clock: a hint that never
 * comes ends in the runner's own time limit.
 *
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * storageConformance({ name: 'memory', createSpace: async () => createMemorySpace() }, { describe, expect, it })
 * ```
 */
export function storageConformance(target: StorageConformanceTarget, runner: ConformanceRunner): void {
  runner.describe(`the ${target.name} storage keeps the contract of the port`, () => {
    const suite = new ConformanceSuite(target, runner)
    testReading(suite)
    testWriting(suite)
    testSizes(suite)
    testGuard(suite)
    testErasing(suite)
    testHolders(suite)
    testLifetime(suite)
  })
}
