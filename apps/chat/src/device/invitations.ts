import type { LinkInfo } from '@firekeep/core/share'
import { type InvitationKind, kindOfJoinPage } from './join-page.js'

/** An invitation that the page was opened with, whole or damaged. */
export type Invitation = WholeInvitation | DamagedInvitation

export interface WholeInvitation {
  readonly kind: InvitationKind
  readonly link: string
  readonly info: LinkInfo
  /** What other links lead to, to tell whether it is the same. */
  readonly readLink: (link: string) => LinkInfo | undefined
}

export interface DamagedInvitation {
  readonly kind: 'damaged'
  /** It is not damaged, but made by a later version of the app. */
  readonly isNewer: boolean
}

/** The invitation that waits for an answer. It is nowhere but in this page: there is a secret in it. */
class Invitations {
  readonly #listeners = new Set<() => void>()
  #current: Invitation | undefined

  /**
   * Takes what the page was opened with out of the address bar, and whatever is pasted there later. Resolves when it is
   * known whether there is an invitation.
   */
  watch(): Promise<void> {
    addEventListener('hashchange', () => void this.#take())
    return this.#take()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): Invitation | undefined => this.#current

  /** It was answered. */
  readonly end = (): void => this.#show(undefined)

  async #take(): Promise<void> {
    // Few pages are opened with a link, and what reads one need not be loaded by the others.
    if (!location.hash.startsWith('#fk')) return
    const { parseLink, takeLinkFromAddress } = await import('@firekeep/core/share')
    const link = takeLinkFromAddress()
    if (link === undefined) return
    // What it was for is known now, and a reload would ask for it again.
    history.replaceState(history.state, '', location.pathname)
    this.#show(readInvitation(link, parseLink))
  }

  #show(invitation: Invitation | undefined): void {
    this.#current = invitation
    for (const listener of this.#listeners) listener()
  }
}

/** An invitation as it stands in the address bar. */
export function readInvitation(link: string, readLink: WholeInvitation['readLink']): Invitation {
  const info = readLink(link)
  if (info !== undefined) return { kind: kindOfJoinPage(link), link, info, readLink }
  return { kind: 'damaged', isNewer: !link.includes('#fk1.') }
}

export const invitations = new Invitations()
