import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import type { BlockReader } from '../packs/block-reader.js'
import type { PackStore } from '../packs/pack-store.js'
import { writePack } from '../packs/write-pack.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { Storage, StorageEntry } from '../storage/storage.js'
import { listNodes } from '../tree/list-nodes.js'
import type { FoldedTrees } from './fold-trees.js'
import type { IndexPack } from './index-record.js'

export interface RepackParts {
  /** Whether packs are merged; without, new ones are only added. */
  readonly merges: boolean
  readonly storage: Pick<Storage, 'batch'>
  readonly store: PackStore
  /** Of the kind `pack`. */
  readonly sealer: Sealer
  readonly compress: boolean
  /** The storage key of a pack. */
  readonly keyOf: (name: string) => string
  readonly breathe: () => MaybePromise<void>
}

export interface Repacked {
  /** All packs now, oldest first. */
  readonly packs: readonly IndexPack[]
  /** Those of them that are new. */
  readonly written: readonly IndexPack[]
  /** The last new one, which is not stored yet, so that it can be stored together with what names it. */
  readonly last: StorageEntry | undefined
}

/**
 * Stores the new nodes of an index, a few megabytes at a time, so that memory stays bounded. Packs are merged like
 * the digits of a counter: an older one goes into the new one while it is less than twice as large, so that a row is
 * written O(log n) times and packs are few. When a third of all bytes is dead, the packs that are dead in part are
 * written anew.
 *
 * Until a record names them the packs mean nothing (bytes first, pointer last); where this fails, those written are
 * removed again.
 */
export async function repack(
  parts: RepackParts,
  packs: readonly IndexPack[],
  trees: FoldedTrees,
): Promise<Repacked> {
  const counted = await countDead(parts.store, packs, trees.removed)
  const merged = parts.merges ? choosePacks(counted, sumBytes(trees.added)) : []
  const written: IndexPack[] = []
  let last: StorageEntry | undefined
  try {
    for await (const blocks of gather(parts, merged, trees)) {
      if (last !== undefined) await parts.storage.batch([last], [])
      const { pack, bytes } = await makePack(parts, blocks)
      last = [parts.keyOf(pack.name), bytes]
      written.push(pack)
    }
  } catch (error) {
    await removePacks(parts, written).catch(() => undefined)
    throw error
  }
  const kept = counted.filter(pack => !merged.includes(pack))
  return { packs: [...kept, ...written], written, last }
}

/** Removes packs that no record names. */
export async function removePacks(
  parts: Pick<RepackParts, 'store' | 'storage' | 'keyOf'>,
  packs: readonly IndexPack[],
): Promise<void> {
  const names = packs.map(({ name }) => name)
  parts.store.forget(names)
  if (names.length > 0) await parts.storage.batch([], names.map(parts.keyOf))
}

/** A pack holds about so many bytes of blocks, at most. */
const MAX_PACK_BYTES = 16 * 1024 * 1024

async function countDead(
  store: PackStore,
  packs: readonly IndexPack[],
  removed: readonly CID[],
): Promise<IndexPack[]> {
  const deadByName = new Map<string, number>()
  for (const cid of removed) {
    const pack = await store.find(cid)
    if (pack === undefined) continue
    const { length } = await store.get(cid)
    deadByName.set(pack.name, (deadByName.get(pack.name) ?? 0) + length)
  }
  return packs.map(pack => ({ ...pack, dead: pack.dead + (deadByName.get(pack.name) ?? 0) }))
}

function choosePacks(packs: readonly IndexPack[], added: number): IndexPack[] {
  const bytes = added + packs.reduce((sum, pack) => sum + pack.bytes, 0)
  const dead = packs.reduce((sum, pack) => sum + pack.dead, 0)
  const chosen = new Set(dead * 3 > bytes ? packs.filter(pack => pack.dead * 4 > pack.bytes) : [])
  let size = added
  for (const pack of packs.toReversed()) {
    const live = pack.bytes - pack.dead
    if (live >= 2 * size || live * 2 > MAX_PACK_BYTES) break
    size += live
    chosen.add(pack)
  }
  return packs.filter(pack => chosen.has(pack))
}

/** The new nodes and those of the merged packs that are in use, in portions for one pack each. */
async function* gather(
  { store, breathe }: RepackParts,
  merged: readonly IndexPack[],
  trees: FoldedTrees,
): AsyncGenerator<Block[], void> {
  const order = merged.length === 0 ? undefined : await placeByNode(store, trees)
  let blocks: Block[] = []
  let size = 0
  for await (const frame of frames()) {
    blocks.push(...frame)
    size += sumBytes(frame)
    await breathe()
    if (size < MAX_PACK_BYTES) continue
    yield inOrder(blocks)
    blocks = []
    size = 0
  }
  if (blocks.length > 0) yield inOrder(blocks)

  async function* frames(): AsyncGenerator<readonly Block[], void> {
    const added = new Set(trees.added.map(({ cid }) => cidToKey(cid)))
    for (const pack of merged) {
      for await (const frame of store.blocksOf(pack)) {
        yield frame.filter(({ cid }) => order?.has(cidToKey(cid)) && !added.has(cidToKey(cid)))
      }
    }
    for (let at = 0; at < trees.added.length; at += PORTION) yield trees.added.slice(at, at + PORTION)
  }

  /** What is read together stands together. */
  function inOrder(portion: Block[]): Block[] {
    if (order === undefined) return portion
    const placeOf = ({ cid }: Block) => order.get(cidToKey(cid)) ?? 0
    return portion.sort((a, b) => placeOf(a) - placeOf(b))
  }
}

const PORTION = 256

/** All nodes of the trees, numbered in the order they are read in. */
async function placeByNode(store: PackStore, trees: FoldedTrees): Promise<Map<CidKey, number>> {
  const addedByKey = new Map(trees.added.map(({ cid, bytes }) => [cidToKey(cid), bytes]))
  const reader: BlockReader = { get: cid => addedByKey.get(cidToKey(cid)) ?? store.get(cid) }
  const places = new Map<CidKey, number>()
  for (const root of [trees.rows, trees.documents]) {
    for await (const cids of listNodes(reader, root)) {
      for (const cid of cids) places.set(cidToKey(cid), places.size)
    }
  }
  return places
}

async function makePack(
  { store, sealer, compress, breathe }: RepackParts,
  blocks: readonly Block[],
): Promise<{ pack: IndexPack; bytes: Uint8Array }> {
  const { info, bytes } = await writePack(blocks, { sealer, compress, pause: breathe })
  const size = sumBytes(blocks)
  if (size <= REMEMBERED_BYTES) store.remember(info, blocks)
  return { pack: { ...info, bytes: size, dead: 0 }, bytes }
}

/** More than that would only push out of the cache what others read. */
const REMEMBERED_BYTES = 1024 * 1024

function sumBytes(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0)
}
