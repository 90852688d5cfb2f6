import type { Block } from '../codec/block.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { namedPacks } from '../ledger/named-packs.js'
import { packKey } from '../packs/pack-key.js'
import { recordScope } from '../packs/record-scope.js'
import { decodeSnapshotRecord, type SnapshotRecord } from '../packs/snapshot-record.js'
import { SNAPSHOT_PREFIX, STATE_PREFIX, StateKeys } from '../packs/state-keys.js'
import type { StateRecords } from '../packs/state-records.js'
import { toBase32 } from '../primitives/bytes.js'
import { loadCommits } from '../state/load-commits.js'
import type { Storage } from '../storage/storage.js'

export interface RemoveRecordsParts {
  readonly storage: Storage
  /** Which of the databases of the storage goes; `undefined`: the one that the lineage began with. */
  readonly forkNonce: Uint8Array | undefined
  /** Without it (its key is not here) no pack goes before the last database of the storage does. */
  readonly reader: RecordReader | undefined
}

/** Reads records of all databases of the storage. */
export interface RecordReader {
  readonly recordSealer: Sealer
  readonly records: Pick<StateRecords, 'readCommits'>
  /** The keys of file packs. */
  readonly fileKeys: (names: ReadonlySet<string>) => Promise<readonly string[]>
}

/** What only the database that a lineage began with keeps outside of a scope of its own. */
const BASE_PREFIXES = ['index/', 'pin/', 'remote/', 'remote-start/']

/**
 * Removes one of several databases of a storage: its records, and the packs that no other one names. In one step, that
 * holds only if no record of any of them came or went meanwhile.
 */
export async function removeRecords(parts: RemoveRecordsParts): Promise<void> {
  const { storage, forkNonce } = parts
  const keys = new StateKeys(forkNonce)
  for (;;) {
    const listed = await storage.list(STATE_PREFIX)
    const packs = await namedByNoOther(parts, listed, keys)
    const own = [...listed.filter(key => keys.isOwn(key)), ...(await scopedKeys(storage, forkNonce))]
    try {
      const seen = { prefix: STATE_PREFIX, keys: listed }
      await storage.batch([], [...new Set([...own, ...packs])], { seen, erase: true })
      return
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
    }
  }
}

async function scopedKeys(storage: Storage, forkNonce: Uint8Array | undefined): Promise<string[]> {
  const prefixes = forkNonce === undefined ? BASE_PREFIXES : [recordScope(forkNonce)]
  return (await Promise.all(prefixes.map(prefix => storage.list(prefix)))).flat()
}

/** The keys of packs and file packs; none where a record cannot be read: it may name any. */
async function namedByNoOther(
  { storage, reader }: RemoveRecordsParts,
  listed: readonly string[],
  keys: StateKeys,
): Promise<readonly string[]> {
  if (reader === undefined) return []
  const [own, others] = [new Named(), new Named()]
  try {
    for (const key of listed) {
      const named = keys.isOwn(key) ? own : others
      // One that is gone since: then the step does not hold.
      if (key.startsWith(SNAPSHOT_PREFIX)) {
        const sealed = await storage.get(key)
        if (sealed !== undefined) named.addSnapshot(await decodeSnapshotRecord(sealed, reader.recordSealer))
      } else named.addCommits((await reader.records.readCommits(key)) ?? [])
    }
  } catch (error) {
    if (!UNREADABLE.some(code => hasErrorCode(error, code))) throw error
    return []
  }
  const packs = [...own.packs].filter(name => !others.packs.has(name))
  const files = new Set([...own.files].filter(name => !others.files.has(name)))
  return [...packs.map(packKey), ...(files.size === 0 ? [] : await reader.fileKeys(files))]
}

const UNREADABLE = ['CORRUPT', 'WRONG_KEY', 'INVALID_COMMIT', 'UNSUPPORTED_FORMAT'] as const

/** What records name. */
class Named {
  readonly packs = new Set<string>()
  readonly files = new Set<string>()

  addSnapshot(record: SnapshotRecord): void {
    for (const name of namedPacks([record])) this.packs.add(name)
    for (const digest of record.files ?? []) this.files.add(toBase32(digest))
  }

  addCommits(blocks: readonly Block[]): void {
    const { commits, hasNewer } = loadCommits(blocks)
    // It may name any pack.
    if (hasNewer) throw new FirekeepError('UNSUPPORTED_FORMAT', 'a commit is of a newer version of Firekeep')
    for (const { commit } of commits) {
      for (const { files = [] } of commit.ops) for (const digest of files) this.files.add(toBase32(digest))
    }
  }
}
