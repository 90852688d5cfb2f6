import { type CommitRef, compareNodes, findAncestors } from '../commits/ancestry.js'
import { hasErrorCode } from '../errors.js'
import { toBase64Url } from '../primitives/bytes.js'
import { type PlainDocument, StoredDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'
import { type ListOptions, stepSizes } from './list-options.js'
import { VersionWalk, type WalkedVersion } from './version-walk.js'

/** One version of a document. */
export interface VersionRecord {
  /** Where it stands in the list. */
  readonly place: CommitRef
  /** The commit that made it, as a clock. */
  readonly clock: readonly string[]
  /** `null` where it deletes, `undefined` where the content was erased or does not decode. */
  readonly document: PlainDocument | null | undefined
  /** Base64url. */
  readonly author: string
  readonly time: number
  /** The versions it supersedes, as clocks. */
  readonly parents: readonly (readonly string[])[]
  /** Whether the document shows it. */
  readonly isCurrent: boolean
}

/**
 * The versions of a document, newest first, read in steps that grow: who wants a few does not wait for many. Steps
 * share the walk that tells which of the versions they name count.
 */
export async function* listVersions(
  view: View,
  id: string,
  options: ListOptions,
): AsyncGenerator<VersionRecord, void> {
  const winner = (await view.entry(id))?.leaves[0]?.key
  const walk = await VersionWalk.from(view, id)
  for (const size of stepSizes(options.limit)) {
    const step = await nextStep(walk, size, options.after)
    const counts = await countingNames(view, step)
    const documents = await Promise.all(step.map(version => readDocument(view, version)))
    for (const [i, { node, commit }] of step.entries()) {
      yield {
        place: node,
        clock: clockOf(node),
        document: documents[i],
        author: toBase64Url(commit.author),
        time: commit.time,
        parents: (counts[i] as WalkedVersion['named']).map(named => clockOf(named.node)),
        isCurrent: node.key === winner,
      }
    }
    if (step.length < size) return
  }
}

async function nextStep(
  walk: VersionWalk,
  size: number,
  after: CommitRef | undefined,
): Promise<WalkedVersion[]> {
  const step: WalkedVersion[] = []
  while (step.length < size) {
    const version = await walk.next()
    if (version === undefined) break
    if (after === undefined || compareNodes(version.node, after) < 0) step.push(version)
  }
  return step
}

/** Per version, those it names that are its ancestors. */
async function countingNames(
  view: View,
  versions: readonly WalkedVersion[],
): Promise<readonly WalkedVersion['named'][]> {
  const questions = versions.flatMap(({ node, named }) =>
    named.map(({ node: ancestor }) => ({ commit: node, ancestor })),
  )
  const answers = (await findAncestors(questions, ref => view.nodeOf(ref))).values()
  return versions.map(({ named }) => named.filter(() => answers.next().value === true))
}

async function readDocument(
  view: View,
  { node, op }: WalkedVersion,
): Promise<PlainDocument | null | undefined> {
  const { id, body } = op
  if (body === null) return null
  try {
    return new StoredDocument(id, node.cid, await view.bodyOf(node, { ...op, body })).copy()
  } catch (error) {
    if (hasErrorCode(error, 'PRUNED') || hasErrorCode(error, 'CORRUPT')) return undefined
    throw error
  }
}

function clockOf({ cid }: WalkedVersion['node']): readonly string[] {
  return Object.freeze([cid.toString()])
}
