import type { Sealer } from '../../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import type { Ledger } from '../../ledger/ledger.js'
import { BLOBS_LISTED } from '../../protocol/limits.js'
import { encodeCursor } from '../../sync/cursor.js'
import type { FilePackSender } from '../../sync/file-pack-sender.js'
import type { LogChecks } from '../../sync/log-opener.js'
import { prefetchPacks } from '../../sync/snapshot/prefetch-packs.js'
import { type KeptReason, publishSnapshot } from '../../sync/snapshot/publish-snapshot.js'
import { remotePackSource } from '../../sync/snapshot/remote-pack-source.js'
import { readStart } from '../../sync/snapshot/remote-start.js'
import { type StartCursor, startFromPointer } from '../../sync/snapshot/start-from-pointer.js'
import { type VerifyParts, verifyStart } from '../../sync/snapshot/verify-start.js'
import type { CaughtUp, SessionStart, UpkeepTask } from '../../sync/upkeep.js'

export interface SnapshotUpkeepParts {
  readonly ledger: Ledger
  /** Knows which file packs the remote has. */
  readonly files: FilePackSender
  /** Of entries of the log. */
  readonly logChecks: LogChecks
  /** Of the kind `pointer`, bound to the log. */
  readonly pointerSealer: Sealer
  readonly recordSealer: Sealer
  readonly cursorKey: string
  readonly startKey: string
  readonly openScratch: VerifyParts['openScratch']
  /** Whether the packs of a snapshot are loaded that nobody asked for yet. */
  readonly prefetch: boolean
  readonly now: () => number
  readonly report: (error: FirekeepError) => void
}

/** Why a snapshot is not published, now or later. */
const FINAL: ReadonlySet<KeptReason> = new Set(['up-to-date', 'read-only', 'too-many-blobs'])

/**
 * What an attachment does with snapshots: a device without data starts from the one that the remote points to, then
 * proves it, then loads the rest of it; whoever compacted and has proved what he stands on publishes.
 */
export class SnapshotUpkeep {
  readonly #parts: SnapshotUpkeepParts
  /** Blobs that were sent, so that each is sent once. */
  readonly #sent = new Set<string>()
  #published: unknown
  #isLoaded = false
  #hasReportedLimit = false
  /** Whether there is nothing to prove, or no way to: asked once a session. */
  #isProven = false
  /** How often the same snapshot is to be published again, so that the remote forgets the pointers before. */
  #repeats = 0

  constructor(parts: SnapshotUpkeepParts) {
    this.#parts = parts
  }

  /** In their order. */
  get tasks(): readonly UpkeepTask[] {
    return [
      caughtUp => this.#verify(caughtUp),
      caughtUp => this.#load(caughtUp),
      caughtUp => this.#publish(caughtUp),
    ]
  }

  /** Before the first exchange. */
  async start({ log, signal, tell }: SessionStart): Promise<void> {
    this.#isLoaded = false
    this.#isProven = false
    const { ledger, logChecks, pointerSealer, recordSealer, startKey, report } = this.#parts
    const { verifyGrant, lineage } = logChecks
    const outcome = await startFromPointer({
      ledger,
      log,
      checks: { sealer: pointerSealer, verifyGrant, lineage },
      recordSealer,
      startKey,
      encodeCursor: cursor => this.#encodeCursor(cursor),
      signal,
    })
    if (outcome.kind === 'refused') report(outcome.error)
    const stored = ledger.store && (await readStart(ledger.store.storage, startKey, recordSealer))
    if (stored !== undefined && stored.state !== 'unverified')
      tell({ kind: 'verified', isRight: stored.state === 'verified' })
  }

  /** Contents were purged: what the last two pointers list is kept, so that two of the new state are needed. */
  repeatPublishing(): void {
    this.#repeats = 2
    this.#published = undefined
  }

  async #verify({ log, signal, tell, whileStill }: CaughtUp, mustRebuild = false): Promise<void> {
    if (this.#isProven && !mustRebuild) return
    const { ledger, logChecks, recordSealer, startKey, openScratch, now, report } = this.#parts
    const outcome = await verifyStart({
      ...{ ledger, log, logChecks, recordSealer, startKey, openScratch, now, report, signal },
      ...{ whileStill, mustRebuild },
      source: remotePackSource(log, signal),
      encodeCursor: cursor => this.#encodeCursor(cursor),
    })
    this.#isProven = true
    if (outcome.kind === 'verified') tell({ kind: 'verified', isRight: true })
    if (outcome.kind === 'rebuilt') tell({ kind: 'verified', isRight: outcome.state === 'verified' })
  }

  async #load(caughtUp: CaughtUp): Promise<void> {
    const { ledger, prefetch } = this.#parts
    const { log, signal } = caughtUp
    if (!prefetch || this.#isLoaded) return
    try {
      await prefetchPacks({ ledger, source: remotePackSource(log, signal), signal })
      this.#isLoaded = true
    } catch (error) {
      // Without room it goes on being read from the remote, and is tried again by the next session.
      if (hasErrorCode(error, 'QUOTA_EXCEEDED')) this.#isLoaded = true
      if (!hasErrorCode(error, 'BLOCK_MISSING') && !hasErrorCode(error, 'CORRUPT')) throw error
      // The remote has the packs no more, or not as they were, and the log has all that was in them.
      await this.#verify(caughtUp, true)
    }
  }

  async #publish({ log, exchange, signal }: CaughtUp): Promise<void> {
    const { ledger, files, logChecks, pointerSealer, recordSealer, report } = this.#parts
    const { snapshot } = ledger.view
    if (snapshot === undefined || snapshot === this.#published) return
    for (;;) {
      const outcome = await publishSnapshot({
        ...{ ledger, log, files, recordSealer, signal, report, sent: this.#sent },
        checks: { sealer: pointerSealer, verifyGrant: logChecks.verifyGrant },
        cursors: exchange.cursors,
        source: remotePackSource(log, signal),
        again: this.#repeats > 0,
      })
      if (outcome.kind === 'kept') {
        if (outcome.reason === 'too-many-blobs') this.#reportLimit()
        if (FINAL.has(outcome.reason)) this.#published = snapshot
        return
      }
      this.#published = snapshot
      // What the last two pointers list is kept: the files that one drops go with the next.
      if (outcome.drops) this.#repeats = Math.max(this.#repeats, 2)
      if (this.#repeats <= 1) break
      this.#repeats -= 1
    }
    this.#repeats = 0
  }

  #reportLimit(): void {
    if (this.#hasReportedLimit) return
    this.#hasReportedLimit = true
    const message =
      'this database has too many attachments for a snapshot on the remote; new devices read its log'
    this.#parts.report(new FirekeepError('LIMIT_EXCEEDED', message, { details: { limit: BLOBS_LISTED } }))
  }

  #encodeCursor(cursor: StartCursor) {
    const { cursorKey, recordSealer } = this.#parts
    return encodeCursor(cursorKey, { ...cursor, purges: [] }, recordSealer)
  }
}
