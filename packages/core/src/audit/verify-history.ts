import type { CommitNode } from '../commits/ancestry.js'
import { createGrantVerifier } from '../crypto/identity.js'
import type { LedgerStore } from '../ledger/ledger-store.js'
import type { PackSource } from '../packs/pack-source.js'
import { SNAPSHOT_PREFIX } from '../packs/state-keys.js'
import { type Pace, TimeSlice } from '../primitives/time-slice.js'
import { FindingList, type FindingPlace } from './finding-list.js'
import { HistoryAudit, type HistoryAuditParts } from './history-audit.js'
import { StoredHistory } from './stored-history.js'
import { StoredTrees } from './stored-trees.js'
import type { VerifyReport } from './verify-report.js'

export interface VerifyParts extends Pick<HistoryAuditParts, 'fold' | 'signal' | 'onProgress'> {
  readonly store: Pick<LedgerStore, 'storage' | 'records' | 'packSealer' | 'secrets'>
  /** Where packs are read that are not stored here. */
  readonly packSource: PackSource | undefined
  /** Commits that are known to be stored. */
  readonly known: readonly CommitNode[]
  /** Checks the attachments that are on this device; answers how many packs of them there are. */
  readonly verifyFiles: (
    findings: FindingList,
    placeOf: (pack: string) => FindingPlace | undefined,
  ) => Promise<number>
  readonly pace: Pace
}

/** Attempts, while what is read is compacted. */
const ATTEMPTS = 5

/**
 * Reads everything that the state of a database is made of from where it lies, checks it, and makes the state anew from
 * the commits. What is damaged is told and passed over.
 */
export async function verifyHistory(parts: VerifyParts): Promise<VerifyReport> {
  const { storage } = parts.store
  for (let attempt = 1; ; attempt++) {
    const before = await storage.list(SNAPSHOT_PREFIX)
    const report = await verifyOnce(parts)
    const isWhole = report.findings.every(({ code }) => code !== 'BLOCK_MISSING')
    if (isWhole || attempt === ATTEMPTS) return report
    // Packs that were read about may have been dropped since.
    if (String(await storage.list(SNAPSHOT_PREFIX)) === String(before)) return report
  }
}

async function verifyOnce(parts: VerifyParts): Promise<VerifyReport> {
  const { store, packSource, signal, known } = parts
  const { lineage, writePublicKey } = store.secrets
  const findings = new FindingList()
  const slice = new TimeSlice(parts.pace)
  const history = await StoredHistory.read({ store, packSource, findings, slice, signal })
  const trees: StoredTrees[] = []
  for (const snapshot of history.snapshots)
    trees.push(await StoredTrees.read(snapshot, { blocks: history.packs, findings, slice, signal }))
  const verifyGrant = createGrantVerifier(writePublicKey, lineage)
  const audit = new HistoryAudit({ ...parts, history, trees, findings, slice, lineage, verifyGrant })
  await audit.run()
  for (const { cid } of known) {
    if (history.has(cid)) continue
    findings.add('BLOCK_MISSING', `commit ${cid} was stored and is nowhere`, { commit: cid.toString() })
  }
  const files = await parts.verifyFiles(findings, pack => audit.fileUsers.get(pack))
  return { isSound: findings.isEmpty, ...audit.result, files, findings: findings.findings }
}
