import type { Block } from '../../codec/block.js'
import { type CidKey, cidToKey } from '../../codec/cid.js'
import { type CommitNode, compareNodes, findMissing } from '../../commits/ancestry.js'
import { hasErrorCode } from '../../errors.js'
import { CommitChain, type PlannedOperation } from '../../ledger/commit-chain.js'
import type { LedgerStore, LedgerWriter } from '../../ledger/ledger.js'
import { planOperation } from '../../ledger/plan-operation.js'
import type { ResetState } from '../../ledger/reset-state.js'
import { seenIn } from '../../ledger/seen-state.js'
import { toSnapshotRecord } from '../../ledger/to-snapshot-record.js'
import type { WriteOperation } from '../../ledger/write-call.js'
import { packKey } from '../../packs/pack-key.js'
import { equalBytes } from '../../primitives/bytes.js'
import { applyCommits } from '../../state/apply-commits.js'
import { loadCommit } from '../../state/load-commits.js'
import type { Snapshot } from '../../state/snapshot.js'
import { type LoadedCommit, View } from '../../state/view.js'
import type { RemoteStart } from './remote-start.js'
import type { Scratch } from './scratch.js'

export interface RebuildParts {
  readonly start: RemoteStart
  readonly scratch: Scratch
  /** Milliseconds since 1970, for the time of commits. */
  readonly now: () => number
}

/**
 * The right state, to take the place of one that began with a false snapshot. Commits that came since stay as they are
 * where everything they build on is true; of others, those made here are made anew on top of it, so that nothing that
 * was written is lost. Those of others come again with the log.
 */
export async function rebuildState(
  writer: LedgerWriter,
  { start, scratch, now }: RebuildParts,
): Promise<Omit<ResetState, 'puts'>> {
  const truth = await truthOf(scratch)
  const base = View.of(truth.snapshot)
  const own = writer.store.author?.publicKey
  const { kept, lost } = await sortOut(await laterCommits(writer.view, start), base)
  const { view } = await applyCommits(base, kept)
  const again = lost.filter(({ commit }) => own !== undefined && equalBytes(commit.author, own))
  const reissued = await reissue(again, view, { store: writer.store, now })
  return { record: truth.record, written: truth.written, blocks: [...kept.flatMap(blocksOf), ...reissued] }
}

/** What the log gave, and the packs it lies in. */
async function truthOf({ ledger }: Scratch) {
  const { snapshot } = ledger.view
  const { storage, records } = ledger.store as LedgerStore
  const [record] = records.snapshots.values()
  if (record === undefined || snapshot === undefined) {
    const empty = { heads: [], docs: undefined, history: undefined }
    return { snapshot: undefined, record: toSnapshotRecord(empty, [], []), written: [] }
  }
  const written = await Promise.all(
    record.packs.map(async info => ({ info, bytes: (await storage.get(packKey(info.name))) as Uint8Array })),
  )
  return { snapshot: snapshot as Snapshot, record: { ...record, replaced: [] }, written }
}

/** The commits that came after the false snapshot, and those that wait; parents first. */
async function laterCommits(view: View, { heads }: RemoteStart): Promise<LoadedCommit[]> {
  const byKey = new Map<CidKey, LoadedCommit>()
  for (const each of [...view.commits.values(), ...view.pending.values()]) byKey.set(each.commit.key, each)
  try {
    const base = await Promise.all(heads.map(cid => view.find(cid)))
    const known = base.filter(node => node !== undefined)
    // Those that were folded since are in the trees, which begin with what the false ones said.
    for (const node of await findMissing(view.heads, known, ref => view.nodeOf(ref))) {
      if (!byKey.has(node.key)) byKey.set(node.key, await loadStored(view, node))
    }
  } catch (error) {
    if (!hasErrorCode(error, 'CORRUPT') && !hasErrorCode(error, 'BLOCK_MISSING')) throw error
  }
  return [...byKey.values()].sort((a, b) => compareNodes(a.commit, b.commit))
}

async function loadStored(view: View, node: CommitNode): Promise<LoadedCommit> {
  const commit = await view.commitOf(node)
  const bodyByKey = new Map<CidKey, Uint8Array>()
  for (const op of commit.ops) {
    const { body } = op
    if (body === null) continue
    try {
      bodyByKey.set(cidToKey(body), await view.bodyOf(node, { ...op, body }))
    } catch (error) {
      if (!hasErrorCode(error, 'PRUNED')) throw error
    }
  }
  return loadCommit(commit, cid => bodyByKey.get(cidToKey(cid)))
}

/** Which commits build on nothing but true ones; those that are true already are in neither list. */
async function sortOut(
  commits: readonly LoadedCommit[],
  base: View,
): Promise<{ kept: LoadedCommit[]; lost: LoadedCommit[] }> {
  const kept: LoadedCommit[] = []
  const lost: LoadedCommit[] = []
  const keptKeys = new Set<CidKey>()
  for (const loaded of commits) {
    const { commit } = loaded
    if ((await base.nodeOf(commit)) !== undefined) continue
    const parents = await Promise.all(
      commit.parents.map(cid => keptKeys.has(cidToKey(cid)) || base.find(cid)),
    )
    if (parents.includes(undefined)) lost.push(loaded)
    else {
      kept.push(loaded)
      keptKeys.add(commit.key)
    }
  }
  return { kept, lost }
}

/** Writes what these commits wrote once more, on top of a view. */
async function reissue(
  commits: readonly LoadedCommit[],
  view: View,
  { store, now }: { readonly store: LedgerStore; readonly now: () => number },
): Promise<readonly Block[]> {
  const chain = new CommitChain(view, store, now())
  for (const loaded of commits) {
    const ops = operationsOf(loaded)
    const seen = await seenIn(
      view,
      ops.map(({ id }) => id),
    )
    const context = { view, seen, ownVersion: (id: string) => chain.versionById.get(id) }
    const plans: PlannedOperation[] = []
    for (const op of ops) {
      const plan = await planOperation({ ops, size: 0, seen: view }, op, context)
      if (plan !== undefined) plans.push(plan)
    }
    await chain.add(plans)
  }
  return chain.blocks
}

/** What a commit wrote; nothing of contents that were erased since. */
function operationsOf({ commit, documents }: LoadedCommit): WriteOperation[] {
  return commit.ops.flatMap<WriteOperation>(({ id, body, purge, files, origin }) => {
    if (body === null) return [{ id, body, ...(purge && { purge }) }]
    const bytes = documents.get(id)?.body
    return bytes === undefined
      ? []
      : [{ id, body: bytes, ...(files && { files }), ...(origin && { origin }) }]
  })
}

function blocksOf({ commit, documents }: LoadedCommit): Block[] {
  const contents = commit.ops.flatMap(({ id, body }) => {
    const bytes = documents.get(id)?.body
    return body === null || bytes === undefined ? [] : [{ cid: body, bytes }]
  })
  return [{ cid: commit.cid, bytes: commit.bytes }, ...contents]
}
