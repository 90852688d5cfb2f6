import type { Database } from '../database/database.js'
import { FirekeepError } from '../errors.js'
import { fromBase32, fromBase64Url } from '../primitives/bytes.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'
import { encodeLinkContent, type LinkContent } from './link-content.js'
import { assertSecure, parseServer } from './server-url.js'
import { isTitle } from './title.js'

export interface ShareLinkOptions {
  /** The sync server that the database is attached to: https, or http on this device itself. */
  readonly url: string
  /** Whether whoever has the link may write. */
  readonly permission: 'read' | 'write'
  /**
   * The page that the link opens; it calls `takeLinkFromAddress`. Default: this page, without its fragment. Outside of
   * a page the link starts with `firekeep:` and is one to paste.
   */
  readonly page?: string
  /** What to call the database to those who get the link: at most 255 bytes. It stands in the link. */
  readonly title?: string
  /** Also for a server that is reached over plain http. */
  readonly allowInsecure?: boolean
}

/**
 * A link that lets whoever has it read the database, or read and write: the server, the id and the secret. That of a fork
 * leads to the fork; its secret is that of the whole lineage, so it gives the same right to the others. All of it
 * is in the fragment, which browsers do not send to the server of the page.
 *
 * Whoever has the link has the right, for good: there are no accounts, and it cannot be taken back (`docs/sharing.md`).
 * A link is a text of some 150 characters, so it can be a QR code or stand in a document. It is the same each time.
 *
 * The database is made if it does not exist. `FORBIDDEN` for a link to write to a database that can only be read here,
 * `INVALID_OPTION` for a wrong option.
 *
 * @example
 * ```ts
 * const link = await shareLink(db, { url: 'https://sync.example', permission: 'write', title: 'Trip to Rome' })
 * await navigator.clipboard.writeText(link)
 * ```
 */
export async function shareLink(
  db: Pick<Database, 'exportKey' | 'identity'>,
  options: ShareLinkOptions,
): Promise<string> {
  const { server, permission, page, title } = readOptions(options)
  const { database, fork } = await db.identity()
  const secret = fromBase64Url(await db.exportKey({ permission }))
  const lineage = fromBase32(database)
  if (secret === undefined || lineage === undefined)
    throw new FirekeepError('INTERNAL', 'a database told a key or an id that is none')
  const forkNonce = fork === undefined ? undefined : fromBase32(fork)
  return page + encodeLinkContent({ permission, lineage, forkNonce, secret, server, title })
}

interface CheckedShareOptions extends Pick<LinkContent, 'server' | 'permission' | 'title'> {
  readonly page: string
}

function readOptions(options: unknown): CheckedShareOptions {
  const given = new CheckedOptions(options, ['url', 'permission', 'page', 'title', 'allowInsecure'])
  const [url, permission, title] = [given.get('url'), given.get('permission'), given.get('title') ?? '']
  const server = typeof url === 'string' ? parseServer(url) : undefined
  if (server === undefined)
    throw invalidOption('url', 'is the address of a sync server: http or https, without user and query')
  assertSecure(server, given.flag('allowInsecure', false))
  if (permission !== 'read' && permission !== 'write')
    throw invalidOption('permission', "is 'read' or 'write'")
  if (!isTitle(title)) throw invalidOption('title', 'is text of at most 255 bytes')
  return { server: server.url, permission, title, page: resolvePage(given.get('page')) }
}

/** The address of a page without its fragment. */
function resolvePage(page: unknown): string {
  // A worker has a location too, and it is that of a script.
  const here = typeof document === 'undefined' ? undefined : document.location?.href
  if (page === undefined) return here === undefined ? 'firekeep:' : withoutFragment(here)
  if (typeof page === 'string' && URL.canParse(page, here)) return withoutFragment(new URL(page, here).href)
  throw invalidOption('page', 'is the address of a page')
}

function withoutFragment(address: string): string {
  return address.split('#', 1)[0] as string
}
