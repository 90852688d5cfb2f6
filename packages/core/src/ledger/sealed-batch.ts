import { DAG_CBOR } from '../codec/block.js'
import { STATE_PREFIX } from '../packs/state-keys.js'
import type { CommitRecordContent, StateRecords } from '../packs/state-records.js'
import type { Storage } from '../storage/storage.js'
import type { AppendOptions, CommitBatch } from './commit-batch.js'

/** A batch on its way into the storage: the same bytes at every attempt. */
export interface SealedBatch extends CommitBatch {
  /** The key of its record; `undefined` when it has no commits. */
  readonly record: string | undefined
  readonly content: CommitRecordContent
  readonly write: () => Promise<void>
}

/** Seals a batch once, with the guard that holds at this moment. */
export async function sealBatch(
  { storage, records }: { readonly storage: Storage; readonly records: StateRecords },
  { blocks, commits }: CommitBatch,
  { puts = [], guarded = false, reserve = false }: AppendOptions,
): Promise<SealedBatch> {
  const entry = blocks.length === 0 ? undefined : await records.sealCommits(blocks)
  const entries = entry === undefined ? puts : [entry, ...puts]
  const seen = { prefix: STATE_PREFIX, keys: guarded ? records.knownKeys : [] }
  const write = () => storage.batch(entries, [], guarded ? { seen, reserve } : { reserve })
  const isKnown = commits.length === blocks.filter(({ cid }) => cid.code === DAG_CBOR).length
  const content = {
    commits: isKnown ? commits.map(({ commit }) => commit) : undefined,
    length: entry?.[1].length ?? 0,
  }
  return { blocks, commits, record: entry?.[0], content, write }
}
