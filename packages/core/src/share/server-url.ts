import { FirekeepError } from '../errors.js'

export interface ServerUrl {
  /** The one spelling of it: without a slash at the end. */
  readonly url: string
  /** Whether what is sent there can be read or changed on the way. */
  readonly isInsecure: boolean
}

const MAX_URL_LENGTH = 2048

/** The address of a sync server; `undefined` where a text is none: http or https, no user, query or fragment. */
export function parseServer(text: string): ServerUrl | undefined {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return undefined
  const { protocol, username, password, origin, pathname, hostname, href } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  if (username !== '' || password !== '' || /[?#]/.test(href)) return undefined
  return {
    url: origin + pathname.replace(/\/+$/, ''),
    isInsecure: protocol === 'http:' && !isLoopback(hostname),
  }
}

/** `INVALID_OPTION` where links must not lead to this server: over plain http only this device itself is trusted. */
export function assertSecure({ url, isInsecure }: ServerUrl, allowInsecure: boolean): void {
  if (!isInsecure || allowInsecure) return
  throw new FirekeepError(
    'INVALID_OPTION',
    `the sync server ${url} is reached over plain http, where anybody on the way can see and change what is sent; serve it over https, or pass \`allowInsecure: true\` in a network of your own`,
    { details: { option: 'allowInsecure', server: url } },
  )
}

function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}
