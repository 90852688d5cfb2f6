import type { Engine } from '../engines/engine.js'

/**
 * Deletes a log for good. Blobs go first: after a crash in between the client deletes again, and finds the log; with
 * the tombstone first nobody would look for the blobs. They go once more for those that were put meanwhile.
 */
export async function eraseLog({ log, blobs }: Engine, id: string): Promise<void> {
  await log.info(id)
  await blobs.removeAll(id)
  await log.remove(id)
  await blobs.removeAll(id)
}
