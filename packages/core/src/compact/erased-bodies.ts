import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { HistoryReader } from '../state/history-reader.js'
import { supersededBy, type Version } from '../state/versions.js'
import type { RecentCommit, View } from '../state/view.js'

/**
 * Contents to erase: those of all versions that purging commits after the snapshot supersede, directly or by what
 * they supersede (L10). A content that some leaf shows stays, so no `prev`, however hostile, takes one away.
 */
export async function purgedBodies(view: View): Promise<Map<CidKey, CID>> {
  return view.hasPurge ? bodiesPurgedBy(view, view.commits.values()) : new Map()
}

/** As {@link purgedBodies}, for these commits of the history. */
export async function bodiesPurgedBy(view: View, commits: Iterable<PlacedCommit>): Promise<Map<CidKey, CID>> {
  const bodies = new Map<CidKey, CID>()
  const reader = new HistoryReader(view)
  for (const [id, purges] of purgesById(commits)) {
    for (const { op } of await olderVersions(reader, id, purges)) {
      if (op.body !== null) bodies.set(cidToKey(op.body), op.body)
    }
  }
  if (bodies.size > 0) await spareLeaves(view, bodies)
  return bodies
}

type PlacedCommit = Pick<RecentCommit, 'node' | 'commit'>

function purgesById(commits: Iterable<PlacedCommit>): Map<string, Version[]> {
  const versionsById = new Map<string, Version[]>()
  for (const { node, commit } of commits) {
    for (const op of commit.ops) {
      if (!op.purge) continue
      const versions = versionsById.get(op.id)
      if (versions === undefined) versionsById.set(op.id, [{ node, op }])
      else versions.push({ node, op })
    }
  }
  return versionsById
}

/** Every version is a leaf or superseded by a version that names it, so all older ones are found along `prev`. */
async function olderVersions(
  reader: HistoryReader,
  id: string,
  newest: readonly Version[],
): Promise<Version[]> {
  const older = new Map<CidKey, Version>()
  for (let versions = newest; versions.length > 0; ) {
    const found = await supersededBy(reader, id, versions)
    versions = found.filter(({ node }) => !older.has(node.key))
    for (const version of versions) older.set(version.node.key, version)
  }
  return [...older.values()]
}

/** Versions of two documents share a content only by a hostile hand: who shows it keeps it all the same. */
async function spareLeaves(view: View, bodies: Map<CidKey, CID>): Promise<void> {
  for await (const page of view.pages()) {
    for (const { leaves } of page) {
      for (const { body } of leaves) if (body !== null) bodies.delete(cidToKey(body))
    }
  }
}
