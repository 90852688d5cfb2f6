import { type Block, DAG_CBOR } from '../codec/block.js'
import { type CID, cidToKey } from '../codec/cid.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import { hasErrorCode } from '../errors.js'
import { StoredDocument } from './stored-document.js'
import type { LoadedCommit } from './view.js'

/**
 * Decodes the commits of a pack and finds their bodies beside them. Commits of a newer format are left out:
 * they stay where they are stored, and what builds on them stays pending (L12).
 *
 * `INVALID_COMMIT` when a commit breaks a rule.
 */
export function loadCommits(blocks: readonly Block[]): LoadedCommits {
  const bodyByKey = new Map(blocks.map(block => [cidToKey(block.cid), block.bytes]))
  const commits: LoadedCommit[] = []
  let hasNewer = false
  for (const block of blocks) {
    if (block.cid.code !== DAG_CBOR) continue
    try {
      commits.push(loadCommit(decodeCommit(block), cid => bodyByKey.get(cidToKey(cid))))
    } catch (error) {
      if (!hasErrorCode(error, 'UNSUPPORTED_FORMAT')) throw error
      hasNewer = true
    }
  }
  return { commits, hasNewer }
}

interface LoadedCommits {
  readonly commits: readonly LoadedCommit[]
  /** Whether there are commits of a newer format. */
  readonly hasNewer: boolean
}

/**
 * Joins a commit with the contents of its documents. One that `bodyOf` does not have was erased: what is valid
 * is decided by the commit alone (L12).
 */
export function loadCommit(commit: Commit, bodyOf: (cid: CID) => Uint8Array | undefined): LoadedCommit {
  const documents = new Map<string, StoredDocument>()
  for (const { id, body } of commit.ops) {
    const bytes = body === null ? undefined : bodyOf(body)
    if (bytes !== undefined) documents.set(id, new StoredDocument(id, commit.cid, bytes))
  }
  return { commit, documents }
}
