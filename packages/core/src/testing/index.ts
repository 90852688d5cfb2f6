export { MemoryRemote } from '../remotes/memory-remote.js'
export { createMemorySpace } from '../storage/memory-storage.js'
export { CrashStorage } from './crash-storage.js'
export { createTestDatabase, type TestDatabaseOptions } from './create-test-database.js'
export { createTestPair, settled, type TestPair } from './create-test-pair.js'
export { createRemoteAccess, type RemoteAccess } from './remote-conformance/remote-access.js'
export { Heard } from './remote-conformance/remote-suite.js'
export { type RemoteConformanceTarget, remoteConformance } from './remote-conformance.js'
export { SteppedSpace } from './stepped-space.js'
export {
  type ConformanceRunner,
  type StorageConformanceTarget,
  storageConformance,
} from './storage-conformance.js'
export { SwitchableRemote } from './switchable-remote.js'
