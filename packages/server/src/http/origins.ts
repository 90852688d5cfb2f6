import type { IncomingMessage } from 'node:http'

export interface Origins {
  /** What tokens may name as `aud`. */
  readonly audiences: readonly string[]
  /** What a client is told to name. */
  readonly audience: string
}

export interface OriginOptions {
  /** The origins that the operator named; none: what the request says. */
  readonly origins: readonly string[]
  /** How many proxies stand before the server. */
  readonly hops: number
}

/**
 * The origins that this server answers to. Trap: without names of the operator it is the one that the client
 * connected to, so a token that a client gave to another server could be passed on to this one.
 */
export function originsOf(request: IncomingMessage, { origins, hops }: OriginOptions): Origins {
  const derived = derive(request, hops)
  if (origins.length === 0) return { audiences: [derived], audience: derived }
  return { audiences: origins, audience: origins.includes(derived) ? derived : (origins[0] as string) }
}

function derive(request: IncomingMessage, hops: number): string {
  const forwarded = String(request.headers['x-forwarded-proto'] ?? '')
    .split(',', 1)[0]
    ?.trim()
  const scheme = hops > 0 && forwarded === 'https' ? 'https' : 'http'
  try {
    return new URL(`${scheme}://${request.headers.host ?? ''}`).origin
  } catch {
    return 'http://invalid'
  }
}
