import * as dagCbor from '@ipld/dag-cbor'
import { CID } from '../../codec/cid.js'
import type { Sealer } from '../../crypto/seal.js'
import { FirekeepError } from '../../errors.js'
import type { Storage, StorageEntry } from '../../storage/storage.js'
import type { SnapshotClaim } from './pointer.js'

/** What is known of the snapshot that a replica started from. */
export interface RemoteStart extends SnapshotClaim {
  /** The version of its pointer. */
  readonly version: string
  /** The key of its author. */
  readonly publisher: Uint8Array
  /** `refuted`: it was found false, and what it says is stored here no more. */
  readonly state: StartState
}

export type StartState = 'unverified' | 'verified' | 'refuted'

/** Under it lies one record for each remote that a replica started from: one in all, but for copied storages. */
export const START_PREFIX = 'remote-start/'

export async function encodeStart(key: string, start: RemoteStart, sealer: Sealer): Promise<StorageEntry> {
  return [key, await sealer.seal(dagCbor.encode({ v: 1, ...start }))]
}

/** `CORRUPT` when the stored bytes are none. */
async function decodeStart(sealed: Uint8Array, sealer: Sealer): Promise<RemoteStart> {
  const value: unknown = dagCbor.decode(await sealer.open(sealed))
  const { v, ...start } = (value ?? {}) as RemoteStart & { v?: unknown }
  // Of a start before there were attachments, nothing is known of files.
  if (v === 1 && isStart(start)) return { ...start, files: start.files ?? [] }
  throw new FirekeepError(
    'CORRUPT',
    'the record of the snapshot that this replica started from does not decode',
  )
}

/** All that are stored, of the database with this scope of records. */
export async function readStarts(
  storage: Pick<Storage, 'getAll'>,
  sealer: Sealer,
  scope = '',
): Promise<RemoteStart[]> {
  const entries = await storage.getAll(scope + START_PREFIX)
  return Promise.all(entries.map(([, sealed]) => decodeStart(sealed, sealer)))
}

/** The one under a key; `undefined` where there is none. */
export async function readStart(
  storage: Pick<Storage, 'get'>,
  key: string,
  sealer: Sealer,
): Promise<RemoteStart | undefined> {
  const sealed = await storage.get(key)
  return sealed && decodeStart(sealed, sealer)
}

function isStart({
  version,
  publisher,
  state,
  seq,
  hash,
  heads,
  docs,
  history,
  packs,
}: RemoteStart): boolean {
  return (
    typeof version === 'string' &&
    publisher instanceof Uint8Array &&
    ['unverified', 'verified', 'refuted'].includes(state) &&
    Number.isSafeInteger(seq) &&
    hash instanceof Uint8Array &&
    Array.isArray(heads) &&
    heads.every(head => CID.asCID(head) !== null) &&
    CID.asCID(docs) !== null &&
    CID.asCID(history) !== null &&
    Array.isArray(packs)
  )
}
