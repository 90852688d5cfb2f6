import { toBase32 } from '../primitives/bytes.js'
import { decodeLinkContent, type LinkContent } from './link-content.js'

/** What may be shown of a link. */
export interface LinkInfo {
  /** The address of the sync server. */
  readonly server: string
  /** The lineage id, which `identity()` of the database tells as well. */
  readonly database: string
  /** Which fork of it, as `identity()` tells; missing for the database that the lineage began with. */
  readonly fork?: string
  readonly permission: 'read' | 'write'
  /** What whoever shared it calls it: his words, so show them as text. `undefined` where he said nothing. */
  readonly title: string | undefined
}

/**
 * What a link leads to, without its secret; `undefined` where the text is no link, or a damaged one. That the secret
 * belongs to the database is checked by `openLink`.
 *
 * @example
 * ```ts
 * const info = parseLink(pasted)
 * if (info !== undefined) ask(`Open ${info.title ?? 'this database'} of ${info.server}?`)
 * ```
 */
export function parseLink(text: unknown): LinkInfo | undefined {
  let content: LinkContent
  try {
    content = decodeLinkContent(text)
  } catch {
    return undefined
  }
  const { server, lineage, forkNonce, permission, title } = content
  return {
    ...{ server, database: toBase32(lineage), permission },
    ...(forkNonce && { fork: toBase32(forkNonce) }),
    title: title === '' ? undefined : title,
  }
}
