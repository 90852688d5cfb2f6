import { importSigningKey } from '../../crypto/ed25519.js'
import { randomBytes } from '../../primitives/bytes.js'
import { lineageOf, signAccessToken } from '../../protocol/access-token.js'
import { logIdToText } from '../../protocol/log-id.js'
import type { LogAccess } from '../../protocol/remote.js'

/** The two rights that there are to one new database; each signs tokens of its own. */
export interface RemoteAccess {
  readonly write: LogAccess
  readonly read: LogAccess
}

/** Keys of a database that nobody else has, and its log id, certified by them. */
export async function createRemoteAccess(): Promise<RemoteAccess> {
  const writeKey = await importSigningKey(randomBytes(32))
  const readKey = await importSigningKey(randomBytes(32))
  const writePublicKey = writeKey.publicKey
  const lineage = lineageOf(writePublicKey, readKey.publicKey)
  const logId = logIdToText({ lineage, forkNonce: undefined })
  const access = (permission: 'read' | 'write'): LogAccess => ({
    logId,
    permission,
    signToken: (audience, now) =>
      signAccessToken(
        { audience, logId, permission, now },
        { writePublicKey, readKey, writeKey: permission === 'write' ? writeKey : undefined },
      ),
  })
  return { write: access('write'), read: access('read') }
}
