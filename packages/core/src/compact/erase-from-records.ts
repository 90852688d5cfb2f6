import { cidToKey } from '../codec/cid.js'
import type { FoldBasis } from '../ledger/folded-state.js'
import type { LedgerStore } from '../ledger/ledger.js'
import type { Erased } from './erased.js'

/**
 * Writes anew, without these contents, the commit records that no fold takes the place of: they hold commits that
 * wait for parents, or of a newer format, and may hold others beside them. Call it while nobody else appends.
 */
export async function eraseFromRecords(
  { storage, records }: LedgerStore,
  { commitRecords }: FoldBasis,
  erased: Erased,
): Promise<void> {
  const folded = new Set(commitRecords)
  const others = [...records.commitRecords].filter(([record]) => !folded.has(record))
  for (const [record, { commits }] of others) {
    const blocks = (await records.readCommits(record)) ?? []
    const kept = blocks.filter(({ cid }) => !erased.has(cidToKey(cid)))
    if (kept.length === blocks.length) continue
    const entry = await records.sealCommits(kept)
    // No guard: who folded the record meanwhile has its commits, and a commit that stands there twice is one.
    await storage.batch([entry], [record], { reserve: true })
    records.renote(record, entry[0], { commits, length: entry[1].length })
  }
}
