import { closedError } from '../log/log-errors.js'
import type { Engine } from './engine.js'
import { MemoryBlobs } from './memory/memory-blobs.js'
import { MemoryLog } from './memory/memory-log.js'

/** An engine that forgets everything with the process: for tests and trials. `now` is milliseconds since 1970. */
export async function openMemoryEngine(now: () => number = Date.now): Promise<Engine> {
  const log = new MemoryLog()
  const blobs = new MemoryBlobs(now)
  let isClosed = false
  return {
    log,
    blobs,
    check: async () => {
      if (isClosed) throw closedError()
    },
    close: async () => {
      isClosed = true
      await Promise.all([log.close(), blobs.close()])
    },
  }
}
