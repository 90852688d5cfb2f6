import { isLinkFragment } from './link-content.js'

/** The part of a page that shows and keeps its address. */
export interface AddressBar {
  readonly location?: { readonly href: string; readonly hash: string }
  readonly history?: {
    readonly state: unknown
    replaceState(state: unknown, unused: string, url: string): void
  }
}

/**
 * The link that this page was opened with, for `openLink`; `undefined` where there is none. It is taken out of the
 * address bar and out of the history of this tab at once, also where it is damaged: there is a secret in it, and what
 * stands in the address bar gets copied, photographed and restored. So it is there once: keep what is returned.
 *
 * Call it first of all when the page starts, and on `hashchange`, which is what follows when somebody pastes a link
 * into the address bar of a page that is open. Outside of a page it answers `undefined`.
 *
 * Trap: the address that the browser was first given may be in its own list of visited pages, and in that of other
 * devices of the user that it is synchronized with.
 *
 * @example
 * ```ts
 * const link = takeLinkFromAddress()
 * const db = link === undefined ? firekeep('todos') : await openLink(link)
 * ```
 */
export function takeLinkFromAddress(page: AddressBar = globalThis): string | undefined {
  const { location, history } = page
  if (location === undefined || history === undefined || !isLinkFragment(location.hash)) return undefined
  const { href } = location
  history.replaceState(history.state, '', href.slice(0, href.indexOf('#')))
  return href
}
