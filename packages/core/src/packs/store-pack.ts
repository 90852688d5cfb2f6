import { hashBlock, RAW } from '../codec/block.js'
import { toBase32 } from '../primitives/bytes.js'
import type { BatchOptions, Storage } from '../storage/storage.js'
import { damagedPack } from './pack-error.js'
import type { PackInfo } from './pack-info.js'
import { packKey } from './pack-key.js'

/**
 * Stores a pack that came from elsewhere as a whole, from where it is read then. `CORRUPT` unless its bytes are those
 * of its name. The guard is that of `Storage.batch`: nothing ever removes a pack that no snapshot names.
 */
export async function storePack(
  storage: Pick<Storage, 'batch'>,
  { name }: Pick<PackInfo, 'name'>,
  bytes: Uint8Array,
  seen: BatchOptions['seen'],
): Promise<void> {
  const { cid } = await hashBlock(RAW, bytes)
  if (toBase32(cid.multihash.digest) !== name) throw damagedPack(name, 'its bytes do not match its name')
  await storage.batch([[packKey(name), bytes]], [], seen === undefined ? {} : { seen })
}
