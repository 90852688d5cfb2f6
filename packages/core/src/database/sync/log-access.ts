import type { LedgerStore } from '../../ledger/ledger-store.js'
import { signAccessToken } from '../../protocol/access-token.js'
import { logIdToText } from '../../protocol/log-id.js'
import type { LogAccess } from '../../protocol/remote.js'

/** Which log is a database's, and what opens it. */
export type LogRights = Pick<LedgerStore, 'secrets' | 'forkNonce'>

/** Opens a database's log at a remote with all the right that its secrets give. */
export function logAccess({ secrets, forkNonce }: LogRights): LogAccess {
  const logId = logIdToText({ lineage: secrets.lineage, forkNonce })
  const permission = secrets.writeKey === undefined ? 'read' : 'write'
  return {
    logId,
    permission,
    signToken: (audience, now) => signAccessToken({ audience, logId, permission, now }, secrets),
  }
}
