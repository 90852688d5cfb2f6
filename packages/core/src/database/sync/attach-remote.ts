import type { CID, CidKey } from '../../codec/cid.js'
import { bodiesPurgedBy } from '../../compact/erased-bodies.js'
import { createGrantVerifier } from '../../crypto/identity.js'
import { createRecordNamer } from '../../crypto/record-name.js'
import { createSealer, type Sealer } from '../../crypto/seal.js'
import { FilePacks } from '../../files/file-packs.js'
import { readWholePack } from '../../files/read-whole-pack.js'
import type { Ledger } from '../../ledger/ledger.js'
import type { LedgerStore } from '../../ledger/ledger-store.js'
import { recordScope } from '../../packs/record-scope.js'
import { Backoff } from '../../primitives/backoff.js'
import { platformPace } from '../../primitives/platform-pace.js'
import { TimeSlice } from '../../primitives/time-slice.js'
import { logIdToBytes } from '../../protocol/log-id.js'
import type { Remote, RemoteLog } from '../../protocol/remote.js'
import type { View } from '../../state/view.js'
import { type ExchangeHooks, RemoteAttachment } from '../../sync/attachment.js'
import { Exchange } from '../../sync/exchange.js'
import { FilePackSender } from '../../sync/file-pack-sender.js'
import { findBrowserPlatform } from '../../sync/leadership/browser-platform.js'
import { openLeadership } from '../../sync/leadership/open-leadership.js'
import { type LogChecks, LogOpener } from '../../sync/log-opener.js'
import { LogOrder } from '../../sync/log-order.js'
import { redactBodies } from '../../sync/redact-purged.js'
import { START_PREFIX } from '../../sync/snapshot/remote-start.js'
import { isSyncStatus } from '../../sync/status/is-sync-status.js'
import { Upkeep, type UpkeepTask } from '../../sync/upkeep.js'
import type { AttachOptions } from '../call-options.js'
import type { Environment } from '../environment.js'
import type { EngineCore } from '../open-core.js'
import { assertSameDatabase } from './assert-same-database.js'
import { logAccess } from './log-access.js'
import { openScratch } from './open-scratch.js'
import { SnapshotUpkeep } from './snapshot-upkeep.js'

/** What an attachment takes of an engine. */
export interface AttachableEngine {
  readonly name: string
  readonly environment: Environment
  open(): Promise<Pick<EngineCore, 'ledger' | 'compress' | 'home'>>
  mustGetStore(): Promise<LedgerStore>
}

/** What a scratch replica keeps in memory of what it read. */
const SCRATCH_CACHE_BYTES = 8 * 1024 * 1024

/** Attaches a remote to an engine; the database is made if it does not exist. */
export async function attachRemote(
  engine: AttachableEngine,
  remote: Remote,
  options: AttachOptions,
): Promise<RemoteAttachment> {
  const { environment } = engine
  const { delay, now, random } = environment
  const { onError: report, database, prefetch } = options
  const { ledger, compress, home } = await engine.open()
  // Before one is made: a new one is another in any case.
  if (database !== undefined)
    assertSameDatabase(database, ledger.store?.secrets ?? { lineageId: '' }, engine.name)
  const { secrets, storage, forkNonce } = await engine.mustGetStore()
  const { contentKey, lineage, writePublicKey } = secrets
  const nameRecord = await createRecordNamer(contentKey)
  const scope = recordScope(forkNonce)
  const cursorKey = `${scope}remote/${nameRecord(remote.id)}`
  const logId = logIdToBytes({ lineage, forkNonce })
  const [sealer, pointerSealer, recordSealer] = await Promise.all([
    createSealer({ contentKey, lineage, kind: 'log', logId }),
    createSealer({ contentKey, lineage, kind: 'pointer', logId }),
    createSealer({ contentKey, lineage, kind: 'record' }),
  ])
  const checksReporting = (report: LogChecks['report']): LogChecks => ({
    ...{ sealer, lineage, report, slice: new TimeSlice(platformPace) },
    verifyGrant: createGrantVerifier(writePublicKey, lineage),
  })
  // A link may have brought the right to write since; then the log is opened anew.
  const secretsNow = () => ledger.store?.secrets ?? secrets
  const order = new LogOrder(ledger)
  const filePacks = new FilePacks({ storage, recordSealer, now, random })
  const files = new FilePackSender({ local: { get: name => readWholePack(filePacks, name) }, report })
  const createExchange = (log: RemoteLog, hooks: ExchangeHooks) => {
    const reportAttached: LogChecks['report'] = error => hooks.signal.aborted || report(error)
    const checks = checksReporting(reportAttached)
    const exchange = new Exchange({
      ...hooks,
      ...{ order, log, ledger, files, sealer, recordSealer, cursorKey, compress, random, delay },
      remoteId: remote.id,
      canWrite: secretsNow().writeKey !== undefined,
      opener: new LogOpener(checks),
      slice: checks.slice,
      report: reportAttached,
    })
    order.askOf(exchange)
    return exchange
  }
  const snapshots = new SnapshotUpkeep({
    ...{ ledger, files, pointerSealer, recordSealer, cursorKey, prefetch, now, report },
    logChecks: checksReporting(report),
    startKey: scope + START_PREFIX + nameRecord(remote.id),
    openScratch: store => openScratch(store, { environment, compress, cacheBytes: SCRATCH_CACHE_BYTES }),
  })
  return new RemoteAttachment({
    ...{ ledger, createExchange, order, delay, now, report },
    leadership: openLeadership({
      platform: findBrowserPlatform(),
      // Of the storages of a browser only this one is shared by its tabs.
      name:
        storage.kind === 'indexeddb' ? nameRecord(`leader ${scope}${home.dataId} ${remote.id}`) : undefined,
      isStatus: isSyncStatus,
    }),
    backoff: new Backoff(),
    random: () => random(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32,
    openLog: () => remote.open(logAccess({ secrets: secretsNow(), forkNonce })),
    start: session => snapshots.start(session),
    upkeep: new Upkeep(
      [redactTask({ ledger, sealer, compress, random, snapshots }), ...snapshots.tasks],
      report,
    ),
  })
}

interface RedactParts {
  readonly ledger: Ledger
  readonly sealer: Sealer
  readonly compress: boolean
  readonly random: Environment['random']
  readonly snapshots: SnapshotUpkeep
}

/** Takes what was purged out of the log. */
function redactTask({ ledger, sealer, compress, random, snapshots }: RedactParts): UpkeepTask {
  return async ({ log, exchange, signal }) => {
    const { purges } = exchange
    if (purges.length === 0) return
    const bodies = await bodiesOfPurges(ledger.view, purges)
    const slice = new TimeSlice(platformPace)
    await redactBodies(bodies, exchange.position.seq, { log, sealer, compress, random, slice, signal })
    await exchange.redacted(purges)
    snapshots.repeatPublishing()
  }
}

/** The contents that purging commits of the history ask to erase. */
async function bodiesOfPurges(view: View, purges: readonly CID[]): Promise<ReadonlySet<CidKey>> {
  const nodes = (await Promise.all(purges.map(cid => view.find(cid)))).filter(node => node !== undefined)
  const commits = await Promise.all(nodes.map(async node => ({ node, commit: await view.commitOf(node) })))
  return new Set((await bodiesPurgedBy(view, commits)).keys())
}
