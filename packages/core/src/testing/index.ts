export { createMemorySpace } from '../storage/memory-storage.js'
export { createTestDatabase, type TestDatabaseOptions } from './create-test-database.js'
export { createTestPair, settled, type TestPair } from './create-test-pair.js'
export { SwitchableRemote } from './switchable-remote.js'
