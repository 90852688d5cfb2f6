import { hasErrorCode } from '@firekeep/core'
import type { Log } from '../log/log.js'
import type { Blobs, StoredBlob } from './blobs.js'

const AT_ONCE = 100

export interface CollectBlobsOptions {
  readonly log: Log
  readonly blobs: Blobs
  /** The time in milliseconds since 1970, on the clock that gives blobs theirs. */
  readonly now: () => number
  /** Milliseconds that a blob stays after it was last put, or a pointer that lists it was replaced. */
  readonly grace: number
  readonly signal?: AbortSignal | undefined
}

export interface CollectedBlobs {
  readonly removed: number
  readonly bytes: number
}

/**
 * Removes blobs that nothing refers to and that nobody put within the grace period; of a log that was removed, all.
 * Whoever refers to a blob puts it first, which gives it a new grace period, so one that is about to be referred to
 * is never removed: what is referred to is asked again right before, and the time is looked at once more as the blob
 * goes. Ends with the signal's reason when it fires; what was removed until then stays removed.
 */
export async function collectBlobs(options: CollectBlobsOptions): Promise<CollectedBlobs> {
  const { blobs, now, grace, signal } = options
  const olderThan = now() - grace
  const collected = { removed: 0, bytes: 0 }
  for await (const log of blobs.logs()) {
    signal?.throwIfAborted()
    for await (const batch of inBatches(blobs.list(log), ({ time }) => time < olderThan)) {
      signal?.throwIfAborted()
      const referenced = await referencedOf(options.log, log)
      const names = batch.filter(({ name }) => !referenced.has(name)).map(({ name }) => name)
      const removed = new Set(await blobs.remove(log, names, olderThan))
      for (const { name, bytes } of batch) if (removed.has(name)) collected.bytes += bytes
      collected.removed += removed.size
    }
  }
  return collected
}

async function* inBatches(
  blobs: AsyncIterable<StoredBlob>,
  isWanted: (blob: StoredBlob) => boolean,
): AsyncIterable<readonly StoredBlob[]> {
  let batch: StoredBlob[] = []
  for await (const blob of blobs) {
    if (isWanted(blob)) batch.push(blob)
    if (batch.length < AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function referencedOf(log: Log, id: string): Promise<ReadonlySet<string>> {
  try {
    return await log.referencedBlobs(id)
  } catch (error) {
    if (hasErrorCode(error, 'GONE')) return new Set()
    throw error
  }
}
