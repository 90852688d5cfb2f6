import { attachRemote } from './attach-remote.js'
import { logAccess } from './log-access.js'

/** What loads when a remote is attached. */
export const REMOTE_PART = { attachRemote, logAccess } as const
