import type { Engine } from '../engines/engine.js'

/**
 * Deletes a log for good. The tombstone comes first, so that nothing can be added to what is half gone; whoever deletes
 * again finishes what was cut short, and so do the next start of the engine and the next collection of blobs.
 */
export async function eraseLog({ log, blobs }: Engine, id: string): Promise<void> {
  await log.remove(id)
  await blobs.removeAll(id)
}

/** For a log that is gone: removes blobs of it that a deletion left that was cut short. */
export async function finishErasing({ blobs }: Engine, id: string): Promise<void> {
  for await (const _ of blobs.list(id)) return blobs.removeAll(id)
}
