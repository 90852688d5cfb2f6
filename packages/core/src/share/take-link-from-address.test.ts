import { describe, expect, it } from 'vitest'
import { type AddressBar, takeLinkFromAddress } from './take-link-from-address.js'

/** A tab with its history: what is shown is the last entry. */
class Tab implements Required<AddressBar> {
  readonly entries: { state: unknown; href: string }[]

  constructor(...addresses: readonly string[]) {
    this.entries = addresses.map((href, i) => ({ state: { step: i }, href }))
  }

  get location() {
    const { href } = this.entries.at(-1) as { href: string }
    return { href, hash: new URL(href).hash }
  }

  get history() {
    const { entries } = this
    return {
      state: entries.at(-1)?.state,
      replaceState(state: unknown, _: string, href: string) {
        entries.splice(-1, 1, { state, href })
      },
    }
  }
}

describe('takeLinkFromAddress', () => {
  it('takes a link out of the address bar and the history, once, and leaves the rest', () => {
    const link = 'https://app.example/join?room=1#fk1.AbC-_'
    const tab = new Tab('https://app.example/', link)
    expect(takeLinkFromAddress(tab)).toBe(link)
    expect(tab.entries).toEqual([
      { state: { step: 0 }, href: 'https://app.example/' },
      { state: { step: 1 }, href: 'https://app.example/join?room=1' },
    ])
    expect(takeLinkFromAddress(tab)).toBeUndefined()
    expect(tab.entries).toHaveLength(2)
  })

  it('takes what is left of a damaged link, and one of a newer version: there may be a secret in it', () => {
    for (const fragment of ['#fk1.', '#fk1.x%20y', '#fk2.AAAA']) {
      const tab = new Tab(`https://app.example/${fragment}`)
      expect(takeLinkFromAddress(tab)).toBe(`https://app.example/${fragment}`)
      expect(tab.location.href).toBe('https://app.example/')
    }
  })

  it('leaves other fragments alone', () => {
    for (const fragment of ['', '#', '#room', '#/fk1.x', '#fk.x', '#fkone.x']) {
      const tab = new Tab(`https://app.example/${fragment}`)
      const before = tab.location.href
      expect(takeLinkFromAddress(tab)).toBeUndefined()
      expect(tab.location.href).toBe(before)
    }
  })

  it('finds nothing where there is no page', () => {
    expect(takeLinkFromAddress()).toBeUndefined()
    expect(takeLinkFromAddress({})).toBeUndefined()
  })
})
