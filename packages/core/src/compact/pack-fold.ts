import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { BlockReader } from '../packs/block-reader.js'
import type { PackStore } from '../packs/pack-store.js'
import type { SnapshotPack } from '../packs/snapshot-record.js'
import type { State } from '../state/merge-states.js'
import { listNodes } from '../tree/list-nodes.js'
import { readNode } from '../tree/tree-node.js'
import type { FoldedView } from './fold-view.js'
import { planMerge } from './plan-merge.js'
import {
  bytesOf,
  HISTORY_PACK_BYTES,
  type MergedPacks,
  mergePacks,
  type PackWriterParts,
} from './write-packs.js'

/** The history is written more than it is read: its blocks are rewritten seldom. */
const HISTORY_FAN_OUT = 16

/** Writes what a fold made into packs, together with those that are to be merged. */
export async function packFold(
  before: readonly SnapshotPack[],
  folded: FoldedView,
  all: boolean,
  parts: PackWriterParts,
): Promise<MergedPacks> {
  const packs = await withDead(before, folded, parts.packs)
  const tree = await mergeTree(packs, folded, all, parts)
  const history = await mergeHistory(packs, folded.contents, all, parts)
  return { packs: [...tree.packs, ...history.packs], written: [...tree.written, ...history.written] }
}

/** The packs, with what the fold left of them. */
async function withDead(
  packs: readonly SnapshotPack[],
  { removed }: FoldedView,
  store: PackStore,
): Promise<SnapshotPack[]> {
  const deadByName = new Map<string, number>()
  for (const cid of removed) {
    const name = (await store.find(cid))?.name
    if (name === undefined) continue
    deadByName.set(name, (deadByName.get(name) ?? 0) + (await store.get(cid)).length)
  }
  return packs.map(pack => ({ ...pack, dead: pack.dead + (deadByName.get(pack.name) ?? 0) }))
}

async function mergeTree(
  packs: readonly SnapshotPack[],
  { nodes, state }: FoldedView,
  all: boolean,
  parts: PackWriterParts,
): Promise<MergedPacks> {
  const added = new Map(nodes.map(block => [cidToKey(block.cid), block]))
  const reader = { get: (cid: CID) => added.get(cidToKey(cid))?.bytes ?? parts.packs.get(cid) }
  const plan = planMerge(
    packs.filter(pack => pack.kind === 'tree'),
    {
      added: bytesOf(nodes),
      all,
      limit: Number.POSITIVE_INFINITY,
      most: await mostPacks(reader, state),
      fanOut: 2,
    },
  )
  const target = { ...plan, kind: 'tree' as const, limit: Number.POSITIVE_INFINITY }
  if (plan.merged.every(pack => pack.dead === 0)) return mergePacks(target, nodes, () => true, parts)
  const live = await liveNodes(reader, state)
  return mergePacks(target, nodes, block => live.has(cidToKey(block.cid)), parts)
}

/** The most packs that the trees of a history may lie in: a search asks one after the other. */
async function mostPacks(reader: BlockReader, { history }: State): Promise<number> {
  const commits = history === undefined ? 0 : (await readNode(reader, history)).size
  return Math.max(2, Math.floor(2 + Math.log2(commits / 100)))
}

async function liveNodes(reader: BlockReader, { docs, history }: State): Promise<Set<CidKey>> {
  const live = new Set<CidKey>()
  for (const root of [docs, history]) {
    for await (const cids of listNodes(reader, root)) for (const cid of cids) live.add(cidToKey(cid))
  }
  return live
}

function mergeHistory(
  packs: readonly SnapshotPack[],
  contents: readonly Block[],
  all: boolean,
  parts: PackWriterParts,
): Promise<MergedPacks> {
  const limit = HISTORY_PACK_BYTES
  const own = packs.filter(pack => pack.kind === 'history')
  const rule = {
    added: bytesOf(contents),
    all,
    limit,
    most: Number.POSITIVE_INFINITY,
    fanOut: HISTORY_FAN_OUT,
  }
  const plan = planMerge(own, rule)
  return mergePacks({ ...plan, kind: 'history', limit }, contents, () => true, parts)
}
