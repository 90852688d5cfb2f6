import { testBlobs } from './testing/blobs.js'
import {
  type ConformanceRunner,
  ConformanceSuite,
  type EngineConformanceTarget,
} from './testing/conformance-suite.js'
import { testLifetime } from './testing/lifetime.js'
import { testLog } from './testing/log.js'
import { testPointers } from './testing/pointers.js'
import { testRemoving } from './testing/removing.js'

/** The tests that every engine must pass: what the ports `Log` and `Blobs` promise. They wait for no clock. */
export function engineConformance(target: EngineConformanceTarget, runner: ConformanceRunner): void {
  runner.describe(`the ${target.name} engine keeps the contract of the ports`, () => {
    const suite = new ConformanceSuite(target, runner)
    testLog(suite)
    testPointers(suite)
    testRemoving(suite)
    testBlobs(suite)
    testLifetime(suite)
  })
}
