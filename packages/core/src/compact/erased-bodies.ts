import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type CommitNode, findAncestors } from '../commits/ancestry.js'
import type { Operation } from '../commits/commit.js'
import type { View } from '../state/view.js'

/** One version of a document: the commit that made it, and what it named and holds. */
interface Version {
  readonly node: CommitNode
  readonly op: Operation
}

/**
 * Contents to erase: those of all versions that purging commits after the snapshot supersede, directly or by what
 * they supersede (L10). A content that some leaf shows stays, so no `prev`, however hostile, takes one away.
 */
export async function purgedBodies(view: View): Promise<Map<CidKey, CID>> {
  const bodies = new Map<CidKey, CID>()
  if (!view.hasPurge) return bodies
  for (const [id, purges] of purgesById(view)) {
    for (const { op } of await olderVersions(view, id, purges)) {
      if (op.body !== null) bodies.set(cidToKey(op.body), op.body)
    }
  }
  if (bodies.size > 0) await spareLeaves(view, bodies)
  return bodies
}

function purgesById(view: View): Map<string, Version[]> {
  const versionsById = new Map<string, Version[]>()
  for (const { node, commit } of view.commits.values()) {
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
async function olderVersions(view: View, id: string, newest: readonly Version[]): Promise<Version[]> {
  const older = new Map<CidKey, Version>()
  for (let versions = newest; versions.length > 0; ) {
    const found = await supersededBy(view, id, versions)
    versions = found.filter(({ node }) => !older.has(node.key))
    for (const version of versions) older.set(version.node.key, version)
  }
  return [...older.values()]
}

/** What these versions supersede, each once: what they name and have as ancestor (L2). */
async function supersededBy(view: View, id: string, versions: readonly Version[]): Promise<Version[]> {
  const named = versions.flatMap(({ node, op }) => op.prev.map(cid => ({ commit: node, cid })))
  const found = await Promise.all(named.map(({ cid }) => view.find(cid)))
  const questions = named.flatMap(({ commit }, i) => {
    const ancestor = found[i]
    return ancestor === undefined ? [] : [{ commit, ancestor }]
  })
  const answers = await findAncestors(questions, ref => view.nodeOf(ref))
  const superseded = new Map<CidKey, CommitNode>()
  for (const [i, { ancestor }] of questions.entries()) if (answers[i]) superseded.set(ancestor.key, ancestor)
  const read = async (node: CommitNode) => {
    const op = (await view.commitOf(node)).ops.find(each => each.id === id)
    return op === undefined ? [] : [{ node, op }]
  }
  return (await Promise.all([...superseded.values()].map(read))).flat()
}

/** Versions of two documents share a content only by a hostile hand: who shows it keeps it all the same. */
async function spareLeaves(view: View, bodies: Map<CidKey, CID>): Promise<void> {
  for await (const page of view.pages()) {
    for (const { leaves } of page) {
      for (const { body } of leaves) if (body !== null) bodies.delete(cidToKey(body))
    }
  }
}
