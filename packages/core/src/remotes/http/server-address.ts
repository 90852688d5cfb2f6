import { FirekeepError } from '../../errors.js'

/** Where a server is. */
export interface ServerAddress {
  /** The address that paths of the protocol are added to, without a slash at its end. */
  readonly base: string
  /** What tokens are signed for. */
  readonly origin: string
}

/** Reads the address of a server; `INVALID_OPTION` unless it is `http:` or `https:`, without user, query or hash. */
export function parseServerAddress(url: string): ServerAddress {
  const { protocol, origin, pathname, username, password, search, hash } = parse(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw invalid('it has to begin with https:// or http://')
  if (username !== '' || password !== '') throw invalid('it must not hold a user name or password')
  if (search !== '' || hash !== '') throw invalid('it must not hold a query or a fragment')
  return { base: origin + pathname.replace(/\/+$/, ''), origin }
}

function parse(url: string): URL {
  try {
    return new URL(url)
  } catch (cause) {
    throw invalid('it is no URL', cause)
  }
}

/** Does not repeat the address, which may hold a secret that was put there by mistake. */
function invalid(reason: string, cause?: unknown): FirekeepError {
  return new FirekeepError('INVALID_OPTION', `the address of the server is not usable: ${reason}`, { cause })
}
