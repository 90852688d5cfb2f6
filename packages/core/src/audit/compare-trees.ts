import { type CID, cidToKey } from '../codec/cid.js'
import { commitKeyToCid } from '../state/commit-digest.js'
import { treeKeyToCommit } from '../state/commit-record.js'
import { differsByErasure } from '../state/differs-by-erasure.js'
import { treeKeyToId } from '../state/document-record.js'
import type { Snapshot } from '../state/snapshot.js'
import { diffTrees } from '../tree/diff-trees.js'
import type { FindingList } from './finding-list.js'
import type { FoundSnapshot } from './stored-history.js'
import type { StoredTrees } from './stored-trees.js'

/** Compares what a snapshot says with the state that its commits give, and names the commits and documents that differ. */
export async function compareTrees(
  { place, record }: FoundSnapshot,
  { snapshot: stored, isWhole }: StoredTrees,
  rebuilt: Snapshot | undefined,
  findings: FindingList,
): Promise<void> {
  const heads = (cids: readonly CID[]) => cids.map(cidToKey).sort().join()
  if (heads(record.heads.map(({ cid }) => cid)) !== heads((rebuilt?.heads ?? []).map(({ cid }) => cid)))
    findings.add('CORRUPT', 'the heads of a snapshot are not those of its commits', { place })
  try {
    if (isWhole.history) await compareHistory(place, stored, rebuilt, findings)
    if (isWhole.docs) await compareDocs(place, stored, rebuilt, findings)
  } catch (error) {
    findings.addError(error, 'the trees of a snapshot cannot be compared', { place })
  }
}

async function compareHistory(
  place: string,
  stored: Snapshot,
  rebuilt: Snapshot | undefined,
  findings: FindingList,
): Promise<void> {
  for await (const batch of diffTrees(
    stored.blocks,
    stored.history,
    rebuilt?.history,
    rebuilt?.blocks ?? stored.blocks,
  )) {
    for (const { key } of batch) {
      const commit = commitKeyToCid(treeKeyToCommit(key).key).toString()
      findings.add('CORRUPT', `the history tree does not say of commit ${commit} what it is`, {
        commit,
        place,
      })
    }
  }
}

async function compareDocs(
  place: string,
  stored: Snapshot,
  rebuilt: Snapshot | undefined,
  findings: FindingList,
): Promise<void> {
  for await (const batch of diffTrees(
    stored.blocks,
    stored.docs,
    rebuilt?.docs,
    rebuilt?.blocks ?? stored.blocks,
  )) {
    for (const difference of batch) {
      if (await differsByErasure(difference)) continue
      const id = treeKeyToId(difference.key)
      const text = `document ${JSON.stringify(id)} is not stored as its commits left it`
      findings.add('CORRUPT', text, { id, place })
    }
  }
}
