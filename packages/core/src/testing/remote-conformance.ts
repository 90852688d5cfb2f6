import { testAppending } from './remote-conformance/appending.js'
import { testBlobs } from './remote-conformance/blobs.js'
import { testEnding } from './remote-conformance/ending.js'
import { testFollowing } from './remote-conformance/following.js'
import { testForgetting } from './remote-conformance/forgetting.js'
import { testPointers } from './remote-conformance/pointers.js'
import { testReading } from './remote-conformance/reading.js'
import { type RemoteConformanceTarget, RemoteSuite } from './remote-conformance/remote-suite.js'
import { testRights } from './remote-conformance/rights.js'
import type { ConformanceRunner } from './storage-conformance/conformance-suite.js'

export type { RemoteConformanceTarget }

/**
 * The tests that every connector, that is every {@link Remote}, must pass. They wait for no clock: news that never
 * come end in the runner's own time limit. Each test makes a database of its own, so that a server which checks
 * tokens is tested as it is.
 *
 * @example
 * ```ts
 * import { describe, expect, it } from 'vitest'
 * remoteConformance({ name: 'memory', createRemote: async () => new MemoryRemote() }, { describe, expect, it })
 * ```
 */
export function remoteConformance(target: RemoteConformanceTarget, runner: ConformanceRunner): void {
  runner.describe(`the ${target.name} remote keeps the contract of the port`, () => {
    const suite = new RemoteSuite(target, runner)
    testAppending(suite)
    testReading(suite)
    testFollowing(suite)
    testBlobs(suite)
    testPointers(suite)
    testForgetting(suite)
    testEnding(suite)
    testRights(suite)
  })
}
