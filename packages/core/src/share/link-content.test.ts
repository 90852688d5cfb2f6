import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { FirekeepError } from '../errors.js'
import { concatBytes, fromBase64Url, toBase32, toBase64Url, utf8ToBytes } from '../primitives/bytes.js'
import { decodeLinkContent, encodeLinkContent, isLinkFragment, type LinkContent } from './link-content.js'
import { parseLink } from './parse-link.js'
import { parseServer } from './server-url.js'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const server = fc.webUrl({ validSchemes: ['https', 'http'] }).map(url => parseServer(url)?.url as string)
const title = fc.string({ unit: 'grapheme', maxLength: 30 })
const content: fc.Arbitrary<LinkContent> = fc.oneof(
  fc.record({
    permission: fc.constant('write' as const),
    lineage: bytes(32),
    secret: bytes(32),
    server,
    title,
  }),
  fc.record({
    permission: fc.constant('read' as const),
    lineage: bytes(32),
    secret: bytes(64),
    server,
    title,
  }),
)
const EXAMPLE: LinkContent = {
  permission: 'write',
  lineage: new Uint8Array(32).fill(1),
  secret: new Uint8Array(32).fill(2),
  server: 'https://sync.example',
  title: 'Todos',
}

function refusal(link: unknown): FirekeepError {
  try {
    decodeLinkContent(link)
  } catch (error) {
    return error as FirekeepError
  }
  throw new Error('the link was taken')
}

/** A fragment of any bytes, with a checksum that is right. */
function fragmentOf(payload: Uint8Array): string {
  const checksum = sha256(concatBytes(utf8ToBytes('firekeep/1/link\0'), payload)).subarray(0, 4)
  return `#fk1.${toBase64Url(concatBytes(payload, checksum))}`
}

const payloadOf = (example: LinkContent) =>
  (fromBase64Url(encodeLinkContent(example).slice(5)) as Uint8Array).slice(0, -4)

describe('the content of a link', () => {
  it('is what was put into it, behind any page, with blanks around, or alone', () => {
    fc.assert(
      fc.property(content, fc.webUrl({ withQueryParameters: true }), (given, page) => {
        const fragment = encodeLinkContent(given)
        expect(fragment).toMatch(/^#fk1\.[\w-]+$/)
        expect(isLinkFragment(fragment)).toBe(true)
        for (const link of [fragment, page + fragment, ` ${page}${fragment}\n`, fragment.slice(1)]) {
          expect(decodeLinkContent(link)).toEqual(given)
        }
        const info = parseLink(page + fragment)
        expect(info).toEqual({
          server: given.server,
          database: toBase32(given.lineage),
          permission: given.permission,
          title: given.title === '' ? undefined : given.title,
        })
      }),
      { numRuns: runs(200) },
    )
  })

  it('never changes: this is the fragment of these bytes for ever', () => {
    expect(encodeLinkContent(EXAMPLE)).toBe(
      '#fk1.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAFGh0dHBzOi8vc3luYy5leGFtcGxlVG9kb3O3g7f_',
    )
  })

  it('is laid out as the format says', () => {
    const parts = [Uint8Array.of(1), EXAMPLE.lineage, EXAMPLE.secret, Uint8Array.of(0, 20)]
    const payload = concatBytes(...parts, utf8ToBytes('https://sync.exampleTodos'))
    expect(encodeLinkContent(EXAMPLE)).toBe(fragmentOf(payload))
  })

  it('is told to be damaged when one character is another, or the end is missing', () => {
    const link = encodeLinkContent(EXAMPLE)
    for (let at = 5; at < link.length; at++) {
      for (const letter of ['A', 'z', '_', ' ', '%', '#']) {
        if (letter === link[at]) continue
        const changed = link.slice(0, at) + letter + link.slice(at + 1)
        expect(refusal(changed)).toMatchObject({ code: 'INVALID_OPTION' })
        expect(parseLink(changed)).toBeUndefined()
      }
      expect(refusal(link.slice(0, at)).message).toContain('cut off')
    }
  })

  it.each([
    ['nothing', ''],
    ['no text', 5],
    ['undefined', undefined],
    ['an object', { href: encodeLinkContent(EXAMPLE) }],
    ['an address', 'https://app.example/#room'],
    ['a link with something behind it', `${encodeLinkContent(EXAMPLE)}&utm_source=mail`],
    ['a link with something before it', encodeLinkContent(EXAMPLE).replace('#', '#x')],
  ])('is not found in %s', (_, text) => {
    expect(refusal(text).code).toBe('INVALID_OPTION')
    expect(parseLink(text)).toBeUndefined()
  })

  it('of a fork is of another version, and says which fork', () => {
    const forkNonce = new Uint8Array(16).fill(9)
    for (const content of [
      EXAMPLE,
      { ...EXAMPLE, permission: 'read' as const, secret: new Uint8Array(64) },
    ]) {
      const fragment = encodeLinkContent({ ...content, forkNonce })
      expect(fragment.startsWith('#fk2.')).toBe(true)
      expect(decodeLinkContent(fragment)).toEqual({ ...content, forkNonce })
      expect(parseLink(fragment)).toMatchObject({ fork: toBase32(forkNonce) })
      expect(refusal(fragment.replace('#fk2.', '#fk1.')).code).toBe('INVALID_OPTION')
    }
    expect(parseLink(encodeLinkContent(EXAMPLE))).not.toHaveProperty('fork')
  })

  it('of a newer version asks for an upgrade', () => {
    const newer = encodeLinkContent(EXAMPLE).replace('#fk1.', '#fk3.')
    expect(refusal(newer).code).toBe('UNSUPPORTED_FORMAT')
    expect(parseLink(newer)).toBeUndefined()
    expect(isLinkFragment('#fk3.x')).toBe(true)
  })

  const whole = payloadOf(EXAMPLE)
  const withServer = (text: string) => payloadOf({ ...EXAMPLE, server: text })
  it.each([
    ['nothing', new Uint8Array(0)],
    ['another permission', whole.with(0, 2)],
    ['a permission that does not fit the secret', payloadOf({ ...EXAMPLE, permission: 'read', title: '' })],
    ['an end within the secret', whole.slice(0, 60)],
    ['an end within the length of the server', whole.slice(0, 66)],
    ['a server longer than the link', whole.with(65, 255)],
    ['a server that is no UTF-8', whole.with(68, 255)],
    ['a title that is no UTF-8', whole.with(whole.length - 1, 255)],
    ['a title that is too long', payloadOf({ ...EXAMPLE, title: 'x'.repeat(256) })],
    ['no server', withServer('')],
    ['a server that is no address', withServer('sync.example')],
    ['a server in another spelling', withServer('https://SYNC.example')],
    ['a server with a slash at its end', withServer('https://sync.example/')],
    ['a server of another scheme', withServer('javascript:alert(1)')],
    ['a server with a user', withServer('https://me:pw@sync.example')],
    ['a server with a query', withServer('https://sync.example/?a=b')],
    ['a server with a fragment', withServer('https://sync.example/#a')],
  ])('is refused where it is whole and says %s', (_, payload) => {
    expect(refusal(fragmentOf(payload))).toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'link' },
    })
    expect(parseLink(fragmentOf(payload))).toBeUndefined()
  })

  it('is never repeated by an error', () => {
    const link = encodeLinkContent(EXAMPLE)
    const secret = toBase64Url(EXAMPLE.secret)
    for (const text of [
      link.slice(0, -3),
      `x${link}x`,
      link.replace('#fk1.', '#fk9.'),
      fragmentOf(whole.with(0, 7)),
    ]) {
      const { message, details, cause } = refusal(text)
      for (const part of [secret.slice(4, 24), link.slice(10, 30), link.slice(60, 80)])
        expect(JSON.stringify([message, details, String(cause)])).not.toContain(part)
    }
  })
})
