import { createHmac, randomBytes } from 'node:crypto'

/** Names a database in the logs: the same name for the same one, and nobody without the key can tell which. */
export type LogName = (logId: string) => string

/** Without a key, names hold for the life of the process. */
export function createLogName(key: string | undefined): LogName {
  const secret = key ?? randomBytes(32)
  return logId => createHmac('sha256', secret).update(logId).digest('base64url').slice(0, 12)
}
