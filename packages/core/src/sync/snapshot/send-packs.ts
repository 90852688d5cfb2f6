import { hasErrorCode } from '../../errors.js'
import { packKey } from '../../packs/pack-key.js'
import type { PackSource } from '../../packs/pack-source.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import type { RemoteLog } from '../../protocol/remote.js'
import type { Storage } from '../../storage/storage.js'
import { fetchPack } from './fetch-pack.js'
import type { ClaimedPack } from './pointer.js'

export interface SendPacksParts {
  readonly storage: Pick<Storage, 'get'>
  readonly log: Pick<RemoteLog, 'putBlob'>
  /** Where packs are read that are not stored here. */
  readonly source?: PackSource | undefined
  /** Names of packs that are known to be there; what is sent is added. */
  readonly sent: Set<string>
  readonly signal?: AbortSignal | undefined
}

const AT_ONCE = 3

/** Sends the packs that the remote lacks, some at a time. Answers `false` where one is to be had nowhere any more. */
export async function sendPacks(packs: readonly ClaimedPack[], parts: SendPacksParts): Promise<boolean> {
  const queue = packs.filter(({ name }) => !parts.sent.has(name))
  let isStopped = false
  const sendRest = async (): Promise<boolean> => {
    for (let pack = queue.shift(); pack !== undefined && !isStopped; pack = queue.shift()) {
      if (await sendPack(pack, parts)) continue
      isStopped = true
    }
    return !isStopped
  }
  const stop = (error: unknown) => {
    isStopped = true
    throw error
  }
  const lanes = Array.from({ length: AT_ONCE }, () => sendRest().catch(stop))
  return (await Promise.all(lanes)).every(isComplete => isComplete)
}

async function sendPack(pack: ClaimedPack, parts: SendPacksParts): Promise<boolean> {
  throwIfAborted(parts.signal)
  const bytes = await readPack(pack, parts)
  if (bytes === undefined) return false
  await parts.log.putBlob(pack.name, bytes, parts.signal)
  parts.sent.add(pack.name)
  return true
}

async function readPack(
  pack: ClaimedPack,
  { storage, source, signal }: SendPacksParts,
): Promise<Uint8Array | undefined> {
  const stored = await storage.get(packKey(pack.name))
  if (stored !== undefined || source === undefined) return stored
  try {
    return await fetchPack(source, pack, { signal })
  } catch (error) {
    if (hasErrorCode(error, 'BLOCK_MISSING')) return undefined
    throw error
  }
}
