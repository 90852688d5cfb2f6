import type { HttpPlatform } from './http-platform.js'
import type { Link } from './link.js'
import { dialPolling } from './polling-link.js'
import type { ServerAddress } from './server-address.js'
import { toRemoteError } from './server-error.js'
import { dialSocket } from './socket-link.js'

export interface DialRequest {
  readonly address: ServerAddress
  readonly platform: HttpPlatform
  /** Whether to try a socket first. */
  readonly trySocket: boolean
  readonly signal: AbortSignal
}

/** A link to the server: a socket where that works, else long polling. */
export async function dial({ address, platform, trySocket, signal }: DialRequest): Promise<Link> {
  if (trySocket) {
    try {
      return await dialSocket(address, platform, signal)
    } catch (error) {
      // A server that says no, or not now, was reached.
      const { code, details } = toRemoteError(error, 'no socket could be opened')
      if (code !== 'REMOTE_UNAVAILABLE' || 'retryAfter' in details) throw error
    }
  }
  return dialPolling(address, platform, signal)
}
