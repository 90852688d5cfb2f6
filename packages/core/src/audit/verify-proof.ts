import { DAG_CBOR, DAG_JSON, hashBlock } from '../codec/block.js'
import { decodeBody } from '../codec/body.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import { verifyCommit } from '../commits/verify-commit.js'
import { createGrantVerifier } from '../crypto/identity.js'
import { hashLineage } from '../crypto/lineage.js'
import { FirekeepError } from '../errors.js'
import { isUint8Array } from '../primitives/built-in.js'
import { equalBytes, toBase32, toBase64Url } from '../primitives/bytes.js'
import type { Proof } from './proof.js'

export type { Proof } from './proof.js'

/** What has to be so besides; what is left out may be anything. */
export interface ExpectedProof {
  /** The id of the database, as `identity().database` tells it. */
  readonly database?: string
  /** The author, as `identity().author` tells it on his device. */
  readonly author?: string
}

/** What a proof proves. */
export interface ProvenCommit {
  /** The id of the commit. */
  readonly commit: string
  readonly database: string
  /** The public key of the device that wrote it, base64url. */
  readonly author: string
  /** Milliseconds since 1970 by the clock of the author: his word. */
  readonly time: number
  /** The commits that he had seen and built on. */
  readonly parents: readonly string[]
  /** What it made of documents, all that it touched. */
  readonly documents: readonly ProvenDocument[]
}

export interface ProvenDocument {
  readonly id: string
  readonly deleted: boolean
  /** The content, of the document that the proof has the content of. */
  readonly doc?: { readonly _id: string; readonly [field: string]: unknown }
}

/**
 * Checks a proof without a database: that the content is the one that the commit names, that its author signed it, and
 * that the database of these keys let him write. It says who wrote it, and after what; not that it is the newest
 * version, nor that the author's clock was right. Whom a key belongs to, and which database it is, only you know:
 * compare `database` and `author`, or pass them.
 *
 * `CORRUPT` or `INVALID_COMMIT` when any byte was changed, `DATABASE_MISMATCH` when it is of another database or author.
 *
 * @example
 * ```ts
 * const { author, documents } = await verifyProof(proof, { database: 'k5x…' })
 * ```
 */
export async function verifyProof(proof: Proof, expected: ExpectedProof = {}): Promise<ProvenCommit> {
  const { commit: bytes, keys } = proof
  const body = proof.body ?? undefined
  for (const name of Object.keys(expected)) {
    // A misspelt expectation would hold of every proof.
    if (name !== 'database' && name !== 'author')
      throw new FirekeepError('INVALID_OPTION', `there is no option ${JSON.stringify(name)}`)
  }
  if (![bytes, keys?.write, keys?.read, body ?? bytes].every(isUint8Array)) throw damaged('it is not a proof')
  const commit = decodeCommit(await hashBlock(DAG_CBOR, new Uint8Array(bytes)))
  const lineage = await hashLineage(keys.write, keys.read)
  // The id of a database is the hash of its keys: nobody can make other keys of the same id.
  if (!equalBytes(commit.db, lineage)) throw damaged('its keys are not those of the database')
  await verifyCommit(commit, { lineage, verifyGrant: createGrantVerifier(keys.write, lineage) })
  const proven = {
    commit: commit.cid.toString(),
    database: toBase32(lineage),
    author: toBase64Url(commit.author),
    time: commit.time,
    parents: commit.parents.map(String),
    documents: await documentsOf(commit, body),
  }
  for (const field of ['database', 'author'] as const) {
    if (expected[field] === undefined || expected[field] === proven[field]) continue
    throw new FirekeepError('DATABASE_MISMATCH', `the proof is of another ${field}: ${proven[field]}`)
  }
  return proven
}

async function documentsOf({ ops }: Commit, body: Uint8Array | undefined): Promise<ProvenDocument[]> {
  const block = body && (await hashBlock(DAG_JSON, new Uint8Array(body)))
  const isProven = ops.map(op => block !== undefined && op.body?.equals(block.cid) === true)
  if (body !== undefined && !isProven.includes(true)) throw damaged('its content is not that of the commit')
  return ops.map(({ id, body }, i) => ({
    id,
    deleted: body === null,
    ...(block && isProven[i] && { doc: decodeBody(id, block.bytes) }),
  }))
}

function damaged(reason: string): FirekeepError {
  return new FirekeepError('CORRUPT', `the proof is false or damaged: ${reason}`)
}
