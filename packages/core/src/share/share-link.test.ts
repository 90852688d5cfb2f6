import { describe, expect, it } from 'vitest'
import { deriveFromKey } from '../crypto/secrets.js'
import { SERVER, SharingDevice } from './fixtures/sharing-device.js'
import { decodeLinkContent } from './link-content.js'
import { parseLink } from './parse-link.js'
import { type ShareLinkOptions, shareLink } from './share-link.js'

describe('shareLink', () => {
  it.each(['read', 'write'] as const)('gives the right to %s and no more', async permission => {
    const device = new SharingDevice(1)
    const link = await device.share('todos', permission, { title: 'Our todos' })
    const db = device.firekeep('todos')
    const { database } = await db.identity()
    expect(parseLink(link)).toEqual({ server: SERVER, database, permission, title: 'Our todos' })
    const { secret } = decodeLinkContent(link)
    const { lineageId, root } = await deriveFromKey(secret)
    expect(lineageId).toBe(database)
    expect(root === undefined).toBe(permission === 'read')
    await db.close()
  })

  it('is the same each time, and short enough to be scanned', async () => {
    const device = new SharingDevice(1)
    const link = await device.share('todos', 'write')
    expect(await device.share('todos', 'write')).toBe(link)
    expect(link.length).toBeLessThan(200)
  })

  it('opens the page that is named, without its own fragment', async () => {
    const device = new SharingDevice(1)
    const pages = [
      ['https://app.example', 'https://app.example/'],
      ['https://app.example/join?lang=en#here', 'https://app.example/join?lang=en'],
      ['myapp://open', 'myapp://open'],
    ] as const
    for (const [page, start] of pages) {
      const link = await device.share('todos', 'read', { page })
      expect(link.startsWith(`${start}#fk1.`)).toBe(true)
      expect(parseLink(link)?.permission).toBe('read')
    }
  })

  it('is one to paste where there is no page', async () => {
    const db = new SharingDevice(1).firekeep('todos')
    const link = await shareLink(db, { url: SERVER, permission: 'read' })
    expect(link).toMatch(/^firekeep:#fk1\.[\w-]+$/)
    expect(parseLink(link)?.server).toBe(SERVER)
    await db.close()
  })

  it('does not give away what is not there: of a database one can only read no link to write', async () => {
    const [alice, bob] = [new SharingDevice(1), new SharingDevice(2)]
    const readLink = await alice.share('todos', 'read')
    const db = await bob.openLink(readLink)
    const options = { url: SERVER, page: 'https://app.example/' }
    await expect(shareLink(db, { ...options, permission: 'write' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
    expect(await shareLink(db, { ...options, permission: 'read' })).toBe(readLink)
    await db.close()
  })

  it.each<[string, Partial<Record<keyof ShareLinkOptions | 'perm', unknown>>, string]>([
    ['no server', { url: undefined }, 'url'],
    ['a server that is no address', { url: 'sync.example' }, 'url'],
    ['a server that is a number', { url: 5 }, 'url'],
    ['a server with a password', { url: 'https://me:pw@sync.example' }, 'url'],
    ['a server over plain http', { url: 'http://sync.example' }, 'allowInsecure'],
    ['no permission', { permission: undefined }, 'permission'],
    ['an unknown permission', { permission: 'admin' }, 'permission'],
    ['an unknown option', { perm: 'read' }, 'perm'],
    ['a page that is no address', { page: 'join' }, 'page'],
    ['a page that is a number', { page: 5 }, 'page'],
    ['a title that is a number', { title: 5 }, 'title'],
    ['a title that is too long', { title: 'é'.repeat(128) }, 'title'],
    ['a title that is ill-formed', { title: 'a\ud800' }, 'title'],
  ])('refuses %s, and makes no database', async (_, options, option) => {
    const device = new SharingDevice(1)
    const given = options as Partial<ShareLinkOptions>
    await expect(device.share('todos', 'read', given)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option },
    })
    expect(await device.space.list()).toEqual([])
  })
})
