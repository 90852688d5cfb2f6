import { createGrantVerifier } from '../crypto/identity.js'
import { createRecordNamer } from '../crypto/record-name.js'
import { createSealer } from '../crypto/seal.js'
import type { Remote } from '../protocol/remote.js'
import { RemoteAttachment } from '../sync/attachment.js'
import type { Engine } from './engine.js'

/** Attaches a remote to an engine; the database is made if it does not exist. */
export async function attachRemote(engine: Engine, remote: Remote): Promise<RemoteAttachment> {
  const { ledger } = await engine.open()
  const { secrets } = await engine.mustGetStore()
  const { contentKey, lineage, writeKey } = secrets
  const nameRecord = await createRecordNamer(contentKey)
  const { delay, report } = engine.environment
  return new RemoteAttachment({
    remote,
    ledger,
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
