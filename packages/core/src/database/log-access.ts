import type { DatabaseSecrets } from '../crypto/secrets.js'
import { signAccessToken } from '../protocol/access-token.js'
import { logIdToText } from '../protocol/log-id.js'
import type { LogAccess } from '../protocol/remote.js'

/** Opens a database's log at a remote with all the right that its secrets give. */
export function logAccess(secrets: DatabaseSecrets): LogAccess {
  const logId = logIdToText({ lineage: secrets.lineage, forkNonce: undefined })
  const permission = secrets.writeKey === undefined ? 'read' : 'write'
  return {
    logId,
    permission,
    signToken: (audience, now) => signAccessToken({ audience, logId, permission, now }, secrets),
  }
}
