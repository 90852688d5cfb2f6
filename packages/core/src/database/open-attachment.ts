import { createGrantVerifier } from '../crypto/identity.js'
import { createRecordNamer } from '../crypto/record-name.js'
import { createSealer } from '../crypto/seal.js'
import type { Remote } from '../protocol/remote.js'
import type { Attachment } from './database.js'
import type { Engine } from './engine.js'

/** Attaches a remote to an engine. The sync engine loads when it is first needed. */
export function openAttachment(engine: Engine, remote: Remote): Attachment {
  const started = start(engine, remote)
  started.catch(() => undefined)
  return {
    synced: async () => (await started).synced(),
    detach: async () => (await started).detach(),
  }
}

async function start(engine: Engine, remote: Remote) {
  const [{ RemoteAttachment }, { secrets }] = await Promise.all([
    import('../sync/attachment.js'),
    engine.mustGetStore(),
  ])
  const { contentKey, lineage, writeKey } = secrets
  const nameRecord = await createRecordNamer(contentKey)
  const { delay, report } = engine.environment
  return new RemoteAttachment({
    remote,
    ledger: engine.ledger,
    checks: {
      sealer: await createSealer({ contentKey, lineage, kind: 'log', logId: lineage }),
      lineage,
      verifyGrant: createGrantVerifier(writeKey.publicKey, lineage),
      report,
    },
    recordSealer: await createSealer({ contentKey, lineage, kind: 'record' }),
    cursorKey: `remote/${nameRecord(remote.id)}`,
    delay,
  })
}
