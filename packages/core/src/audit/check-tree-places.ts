import type { CID } from '../codec/cid.js'
import type { FindingList } from './finding-list.js'
import type { FoundCommit, StoredHistory } from './stored-history.js'
import type { StoredTrees } from './stored-trees.js'

/** Names the commits that a snapshot says are there and that are not, and what its damaged pages said. */
export async function checkTreePlaces(
  trees: readonly StoredTrees[],
  history: StoredHistory,
  {
    ids,
    commits,
    findings,
  }: {
    readonly ids: Iterable<string>
    readonly commits: readonly FoundCommit[]
    readonly findings: FindingList
  },
): Promise<void> {
  const missing = (cid: CID, place: string) =>
    findings.add('BLOCK_MISSING', `commit ${cid} is part of a snapshot and in no pack`, {
      commit: cid.toString(),
      place,
    })
  for (const { place, record } of history.snapshots) {
    for (const { cid } of record.heads) if (!history.has(cid)) missing(cid, place)
  }
  for (const { place, nodes, isWhole, snapshot } of trees) {
    for (const { cid } of nodes) if (!history.has(cid)) missing(cid, place)
    for (const id of isWhole.docs ? [] : ids) {
      try {
        await snapshot.entry(id)
      } catch (error) {
        findings.addError(error, `document ${JSON.stringify(id)} cannot be read`, { id })
      }
    }
    for (const ref of isWhole.history ? [] : commits) {
      try {
        await snapshot.nodeOf(ref)
      } catch (error) {
        findings.addError(error, `the place of commit ${ref.cid} cannot be read`, {
          commit: ref.cid.toString(),
        })
      }
    }
  }
}
