import type { LinkInfo } from '@firekeep/core/share'

/** An invitation that the page was opened with, whole or damaged. */
export type Invitation = WholeInvitation | DamagedInvitation

export interface WholeInvitation {
  readonly kind: 'whole'
  readonly link: string
  readonly info: LinkInfo
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
    const info = parseLink(link)
    this.#show(
      info === undefined
        ? { kind: 'damaged', isNewer: !link.includes('#fk1.') }
        : { kind: 'whole', link, info },
    )
  }

  #show(invitation: Invitation | undefined): void {
    this.#current = invitation
    for (const listener of this.#listeners) listener()
  }
}

export const invitations = new Invitations()
