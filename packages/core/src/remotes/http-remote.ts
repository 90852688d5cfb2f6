import { FirekeepError } from '../errors.js'
import type { LogAccess, Remote, RemoteLog } from '../protocol/remote.js'
import type { HttpRemoteOptions } from './http/http-options.js'
import { parseServerAddress } from './http/server-address.js'

/**
 * A Firekeep server as a remote. All that a page has open there, through however many of these objects, goes over
 * one WebSocket, or long polling where sockets are blocked; blobs go by `fetch`. Nothing is reached before the first
 * verb. The address is that of the server, `https://` or `http://`, with a path where it is not at the root.
 *
 * Tokens are signed for the origin of that address and no other, so a server cannot use them elsewhere.
 *
 * `INVALID_OPTION` for an address or option that is not usable.
 *
 * @example
 * ```ts
 * const attachment = await db.attach(httpRemote('https://sync.example.org'))
 * ```
 */
export function httpRemote(url: string, options: HttpRemoteOptions = {}): Remote {
  const address = parseServerAddress(url)
  checkOptions(options)
  return {
    id: address.base,
    async open(access: LogAccess): Promise<RemoteLog> {
      const { openHttpLog } = await import('./http/open-http-log.js')
      return openHttpLog(address, options, access)
    },
  }
}

function checkOptions({ admission, transport, webSocket }: HttpRemoteOptions): void {
  if (admission !== undefined && typeof admission !== 'string' && typeof admission !== 'function') {
    throw invalid('"admission" has to be a text or a function that gives one')
  }
  if (transport !== undefined && transport !== 'auto' && transport !== 'polling') {
    throw invalid('"transport" has to be "auto" or "polling"')
  }
  if (webSocket !== undefined && typeof webSocket !== 'function') {
    throw invalid('"webSocket" has to be a constructor')
  }
}

function invalid(message: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', `the option ${message}`)
}
