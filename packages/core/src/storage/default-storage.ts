import { createMemorySpace } from './memory-storage.js'
import type { StorageSpace } from './storage.js'

/** Provisional until the adapters land. */
const memory = createMemorySpace()
export async function openDefaultSpace(_options: unknown): Promise<StorageSpace> {
  return memory
}
