import type { CID, CidKey } from '../codec/cid.js'
import { bodiesPurgedBy } from '../compact/erased-bodies.js'
import { createGrantVerifier } from '../crypto/identity.js'
import { createRecordNamer } from '../crypto/record-name.js'
import { createSealer } from '../crypto/seal.js'
import type { DatabaseSecrets } from '../crypto/secrets.js'
import type { LedgerStore } from '../ledger/ledger-store.js'
import { Backoff } from '../primitives/backoff.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { signAccessToken } from '../protocol/access-token.js'
import { logIdToBytes, logIdToText } from '../protocol/log-id.js'
import type { LogAccess, Remote } from '../protocol/remote.js'
import type { View } from '../state/view.js'
import { RemoteAttachment } from '../sync/attachment.js'
import { Exchange } from '../sync/exchange.js'
import { findBrowserPlatform } from '../sync/leadership/browser-platform.js'
import { openLeadership } from '../sync/leadership/open-leadership.js'
import { LogOpener } from '../sync/log-opener.js'
import { redactBodies } from '../sync/redact-purged.js'
import { isSyncStatus } from '../sync/status/is-sync-status.js'
import { Upkeep, type UpkeepTask } from '../sync/upkeep.js'
import { assertSameDatabase } from './assert-same-database.js'
import type { AttachOptions } from './call-options.js'
import type { Environment } from './environment.js'
import type { EngineCore } from './open-core.js'

/** What an attachment takes of an engine. */
export interface AttachableEngine {
  readonly name: string
  readonly environment: Environment
  open(): Promise<Pick<EngineCore, 'ledger' | 'compress' | 'home'>>
  mustGetStore(): Promise<LedgerStore>
}

/** Attaches a remote to an engine; the database is made if it does not exist. */
export async function attachRemote(
  engine: AttachableEngine,
  remote: Remote,
  { onError: report, database }: AttachOptions,
): Promise<RemoteAttachment> {
  const { environment } = engine
  const { delay, now, random } = environment
  const { ledger, compress, home } = await engine.open()
  // Before one is made: a new one is another in any case.
  if (database !== undefined)
    assertSameDatabase(database, ledger.store?.secrets ?? { lineageId: '' }, engine.name)
  const { secrets, storage } = await engine.mustGetStore()
  const { contentKey, lineage, writePublicKey } = secrets
  const log = { lineage, forkNonce: undefined }
  const nameRecord = await createRecordNamer(contentKey)
  const cursorKey = `remote/${nameRecord(remote.id)}`
  const sealer = await createSealer({ contentKey, lineage, kind: 'log', logId: logIdToBytes(log) })
  const recordSealer = await createSealer({ contentKey, lineage, kind: 'record' })
  const verifyGrant = createGrantVerifier(writePublicKey, lineage)
  const logId = logIdToText(log)
  // A link may have brought the right to write since; then the log is opened anew.
  const secretsNow = () => ledger.store?.secrets ?? secrets
  const randomNumber = () => (random(4).reduce((sum, byte) => sum * 256 + byte, 0) % 2 ** 32) / 2 ** 32
  const redact: UpkeepTask = async ({ log, exchange, signal }) => {
    const { purges } = exchange
    if (purges.length === 0) return
    const bodies = await bodiesOfPurges(ledger.view, purges)
    await redactBodies(bodies, exchange.position.seq, { log, sealer, compress, random, signal })
    await exchange.redacted(purges)
  }
  return new RemoteAttachment({
    ledger,
    leadership: openLeadership({
      platform: findBrowserPlatform(),
      // Of the storages of a browser only this one is shared by its tabs.
      name: storage.kind === 'indexeddb' ? nameRecord(`leader ${home.dataId} ${remote.id}`) : undefined,
      isStatus: isSyncStatus,
    }),
    backoff: new Backoff(),
    random: randomNumber,
    openLog: () => remote.open(accessTo(logId, secretsNow())),
    createExchange: (log, hooks) => {
      const slice = new TimeSlice(platformPace)
      const opener = new LogOpener({ sealer, lineage, verifyGrant, report, slice })
      const shared = {
        remoteId: remote.id,
        ledger,
        canWrite: secretsNow().writeKey !== undefined,
        recordSealer,
        cursorKey,
      }
      return new Exchange({
        ...hooks,
        ...shared,
        log,
        opener,
        sealer,
        slice,
        compress,
        random,
        delay,
        report,
      })
    },
    start: async () => undefined,
    upkeep: new Upkeep([redact], report),
    delay,
    now,
    report,
  })
}

/** The contents that purging commits of the history ask to erase. */
async function bodiesOfPurges(view: View, purges: readonly CID[]): Promise<ReadonlySet<CidKey>> {
  const nodes = (await Promise.all(purges.map(cid => view.find(cid)))).filter(node => node !== undefined)
  const commits = await Promise.all(nodes.map(async node => ({ node, commit: await view.commitOf(node) })))
  return new Set((await bodiesPurgedBy(view, commits)).keys())
}

function accessTo(logId: string, secrets: DatabaseSecrets): LogAccess {
  const permission = secrets.writeKey === undefined ? 'read' : 'write'
  return {
    logId,
    permission,
    signToken: (audience, now) => signAccessToken({ audience, logId, permission, now }, secrets),
  }
}
