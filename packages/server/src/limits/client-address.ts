import type { IncomingMessage } from 'node:http'

/**
 * The address of a client. Behind `hops` proxies it is what the outermost of them wrote into `X-Forwarded-For`: that
 * many entries from the right, as everything left of it was written by the client.
 */
export function clientAddress(request: IncomingMessage, hops: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown'
  if (hops === 0) return direct
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
  return forwarded[Math.max(0, forwarded.length - hops)] ?? direct
}
