import type { LogAccess, RemoteLog } from '../../protocol/remote.js'
import { HttpLog } from './http-log.js'
import type { HttpRemoteOptions } from './http-options.js'
import type { ServerAddress } from './server-address.js'
import { type SharedConnections, sharedConnections } from './shared-connections.js'

/** A log on a server, over the connection that all logs there share. Reaches nothing by itself. */
export function openHttpLog(
  address: ServerAddress,
  options: HttpRemoteOptions,
  access: LogAccess,
  connections: SharedConnections = sharedConnections(),
): RemoteLog {
  return new HttpLog({ access, address, ...connections.find(address, options) })
}
