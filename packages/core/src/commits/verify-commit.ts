import { verifyCommitSignature } from '../crypto/identity.js'
import { FirekeepError } from '../errors.js'
import { equalBytes, toHex } from '../primitives/bytes.js'
import { type Commit, unsignedBytes } from './commit.js'

/** What a commit has to fit to be one of a database. */
export interface Rightfulness {
  readonly lineage: Uint8Array
  readonly verifyGrant: (author: Uint8Array, grant: Uint8Array) => Promise<boolean>
}

/** Throws `INVALID_COMMIT` unless a decoded commit is of this database, by somebody who may write, and signed by him. */
export async function verifyCommit(commit: Commit, { lineage, verifyGrant }: Rightfulness): Promise<void> {
  const invalid = (rule: string) =>
    new FirekeepError('INVALID_COMMIT', `commit ${commit.cid} is invalid: ${rule}`, {
      details: { cid: commit.cid.toString(), author: toHex(commit.author) },
    })
  if (!equalBytes(commit.db, lineage)) throw invalid('it belongs to another database')
  if (!(await verifyGrant(commit.author, commit.grant))) throw invalid('its author has no right to write')
  if (!(await verifyCommitSignature(commit.author, unsignedBytes(commit), commit.sig)))
    throw invalid('its signature is wrong')
}
