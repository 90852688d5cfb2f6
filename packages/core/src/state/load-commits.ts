import { type Block, DAG_CBOR } from '../codec/block.js'
import { type CID, cidToKey } from '../codec/cid.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { StoredDocument } from './stored-document.js'
import type { LoadedCommit } from './view.js'

/**
 * Decodes the commits of a pack and finds their bodies beside them. Commits of a newer format are left out:
 * they stay where they are stored, and what builds on them stays pending (L12).
 *
 * `INVALID_COMMIT` when a commit breaks a rule, `BLOCK_MISSING` when a body is not in the pack.
 */
export function loadCommits(blocks: readonly Block[]): LoadedCommit[] {
  const bodyByKey = new Map(blocks.map(block => [cidToKey(block.cid), block.bytes]))
  const loaded: LoadedCommit[] = []
  for (const block of blocks) {
    if (block.cid.code !== DAG_CBOR) continue
    try {
      loaded.push(loadCommit(decodeCommit(block), cid => bodyByKey.get(cidToKey(cid))))
    } catch (error) {
      if (!hasErrorCode(error, 'UNSUPPORTED_FORMAT')) throw error
    }
  }
  return loaded
}

/** Joins a commit with the contents of its documents. `BLOCK_MISSING` when `bodyOf` does not have one. */
export function loadCommit(commit: Commit, bodyOf: (cid: CID) => Uint8Array | undefined): LoadedCommit {
  const documents = new Map<string, StoredDocument>()
  for (const { id, body } of commit.ops) {
    if (body === null) continue
    const bytes = bodyOf(body)
    if (bytes === undefined) {
      throw new FirekeepError(
        'BLOCK_MISSING',
        `the content ${body} of commit ${commit.cid} is not beside it`,
        {
          details: { cid: body.toString(), commit: commit.cid.toString() },
        },
      )
    }
    documents.set(id, new StoredDocument(id, commit.cid, bytes))
  }
  return { commit, documents }
}
