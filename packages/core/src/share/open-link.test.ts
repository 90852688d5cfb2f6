import { describe, expect, it } from 'vitest'
import { deriveSecrets, readSecretOf } from '../crypto/secrets.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { fromBase32 } from '../primitives/bytes.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { SERVER, SharingDevice } from './fixtures/sharing-device.js'
import { encodeLinkContent } from './link-content.js'
import type { OpenLinkOptions } from './open-link.js'

const KEY = new Uint8Array(32).fill(5)

/** Two devices, one with a database `todos` that the other gets a link to. */
async function createDevices(permission: 'read' | 'write') {
  const [alice, bob] = [new SharingDevice(1), new SharingDevice(2)]
  return { alice, bob, link: await alice.share('todos', permission) }
}

async function databaseOf(device: SharingDevice, name: string): Promise<string> {
  const db = device.firekeep(name)
  try {
    return (await db.identity()).database
  } finally {
    await db.close()
  }
}

async function canWrite(db: Database<AnyDocument>): Promise<boolean> {
  return db.put({ _id: 'probe' }).then(
    () => true,
    error => {
      expect(error).toMatchObject({ code: 'READ_ONLY' })
      return false
    },
  )
}

describe('a link that is opened', () => {
  it.each(['read', 'write'] as const)(
    'is the database that was shared, with the right to %s',
    async permission => {
      const { alice, bob, link } = await createDevices(permission)
      const db = await bob.openLink(link)
      const { database } = await db.identity()
      expect(database).toBe(await databaseOf(alice, 'todos'))
      expect((await db.identity()).permission).toBe(permission)
      expect(await canWrite(db)).toBe(permission === 'write')
      await db.close()
    },
  )

  it('is kept: the name opens it from then on, with the right it gave and no other key', async () => {
    for (const permission of ['read', 'write'] as const) {
      const { bob, link } = await createDevices(permission)
      const db = await bob.openLink(link, { name: 'of Alice' })
      const identity = await db.identity()
      await db.close()
      const again = bob.firekeep('of Alice')
      expect(await again.identity()).toEqual(identity)
      expect(await canWrite(again)).toBe(permission === 'write')
      await again.close()
      expect(await bob.names()).toEqual(['of Alice'])
    }
  })

  it('without a name is kept under one made from its id', async () => {
    const { alice, bob, link } = await createDevices('write')
    const db = await bob.openLink(link)
    expect(db.name).toBe(`shared-${(await databaseOf(alice, 'todos')).slice(0, 12)}`)
    await db.close()
  })

  it('gives documents, as any text does, and a link in a document opens', async () => {
    const { alice, bob, link } = await createDevices('write')
    const rooms = alice.firekeep('rooms')
    await rooms.put({ _id: 'room', link })
    const db = await bob.openLink((await rooms.get('room')).link as string)
    await db.put({ _id: 'x', n: 1 })
    expect(await db.get('x')).toEqual({ _id: 'x', n: 1 })
    await Promise.all([rooms.close(), db.close()])
  })

  it('attaches the server that it names, unless it is told not to', async () => {
    const { bob, link } = await createDevices('write')
    const asked: string[] = []
    const remote = (server: string) => {
      asked.push(server)
      return new MemoryRemote(server)
    }
    const without = await bob.openLink(link, { remote })
    expect(asked).toEqual([])
    const db = await bob.openLink(link, { remote, attach: true })
    expect(asked).toEqual([SERVER])
    await Promise.all([db.close(), without.close()])
  })

  it('attaches the server by http where nothing else is said', async () => {
    const [alice, bob] = [new SharingDevice(1), new SharingDevice(2)]
    const url = 'http://127.0.0.1:9/nobody-is-there'
    const db = await bob.openLink(await alice.share('todos', 'write', { url }), { attach: true })
    expect(db.syncStatus.getSnapshot()).toMatchObject([{ remote: url }])
    expect(await canWrite(db)).toBe(true)
    await db.close()
  })

  it('closes what it opened when the remote cannot be made', async () => {
    const { bob, link } = await createDevices('write')
    const remote = () => Promise.reject(new Error('no such remote'))
    await expect(bob.openLink(link, { remote, attach: true })).rejects.toThrow('no such remote')
    const db = await bob.openLink(link)
    expect(await canWrite(db)).toBe(true)
    await db.close()
  })
})

describe('a link to a database that this device has', () => {
  it('gives the same engine, also under the name its creator chose, and twice at once', async () => {
    const { alice, link } = await createDevices('read')
    const mine = alice.firekeep('todos')
    const [first, second] = await Promise.all([
      alice.openLink(link),
      alice.openLink(link, { name: 'another name' }),
    ])
    expect([first.name, second.name]).toEqual(['todos', 'todos'])
    const heard = new Promise(resolve => first.subscribe(resolve))
    await mine.put({ _id: 'x' })
    expect(await heard).toEqual([{ _id: 'x' }])
    expect(await alice.names()).toEqual(['todos'])
    await Promise.all([mine, first, second].map(db => db.close()))
  })

  it('that is new, opened twice at once under two names, gives one database', async () => {
    const { bob, link } = await createDevices('write')
    const opened = await Promise.all(['a', 'b', 'c'].map(name => bob.openLink(link, { name })))
    expect(opened.map(db => db.name)).toEqual(['a', 'a', 'a'])
    expect(await bob.names()).toEqual(['a'])
    await opened[0]?.put({ _id: 'x' })
    expect(await opened[2]?.get('x')).toEqual({ _id: 'x' })
    await Promise.all(opened.map(db => db.close()))
  })

  it('takes no right away: who can write still can after a link to read', async () => {
    const { alice, link } = await createDevices('read')
    const db = await alice.openLink(link)
    expect((await db.identity()).permission).toBe('write')
    expect(await canWrite(db)).toBe(true)
    await db.close()
  })

  it('to write gives the right to handles that are open, and to other tabs', async () => {
    const { alice, bob, link } = await createDevices('read')
    const reader = await bob.openLink(link)
    const tab = bob.tab(3).firekeep(reader.name)
    for (const db of [reader, tab]) expect(await canWrite(db)).toBe(false)
    const writer = await bob.openLink(await alice.share('todos', 'write'))
    expect(writer.name).toBe(reader.name)
    for (const db of [reader, tab, writer]) {
      expect(await canWrite(db)).toBe(true)
      expect((await db.identity()).permission).toBe('write')
      expect(await db.exportKey()).toHaveLength(43)
    }
    const authors = await Promise.all([reader, tab, writer].map(async db => (await db.identity()).author))
    expect(new Set(authors).size).toBe(1)
    await Promise.all([reader, tab, writer].map(db => db.close()))
    const later = bob.firekeep(writer.name)
    expect(await canWrite(later)).toBe(true)
    await later.close()
  })

  it('to write says so where the database is open with a key that only reads', async () => {
    const { alice, bob, link } = await createDevices('write')
    const db = alice.firekeep('todos')
    const readKey = await db.exportKey({ permission: 'read' })
    await db.close()
    const reader = bob.firekeep('todos', readKey)
    await reader.identity()
    await expect(bob.openLink(link)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'key' },
    })
    await reader.close()
    const writer = await bob.openLink(link)
    expect(writer.name).toBe('todos')
    expect(await canWrite(writer)).toBe(true)
    await writer.close()
  })

  it('whose key was given each time until then is opened, and its key is kept', async () => {
    const device = new SharingDevice(1)
    const keyed = device.firekeep('keyed', KEY)
    await keyed.put({ _id: 'x' })
    await keyed.close()
    const { lineageId } = await deriveSecrets(KEY)
    const content = { permission: 'write' as const, secret: KEY, server: SERVER, title: '' }
    const lineage = fromBase32(lineageId) as Uint8Array
    const db = await device.openLink(encodeLinkContent({ ...content, lineage }))
    expect(db.name).toBe('keyed')
    expect(await db.has('x')).toBe(true)
    await db.close()
    const later = device.firekeep('keyed')
    expect(await later.has('x')).toBe(true)
    await later.close()
  })
})

describe('two devices that each made their own todos', () => {
  it('get DATABASE_MISMATCH, whose message lists the ways out, and nothing is changed', async () => {
    const { bob, link } = await createDevices('write')
    const own = bob.firekeep('todos')
    await own.put({ _id: 'mine' })
    const before = await own.identity()
    const error = await bob.openLink(link, { name: 'todos' }).catch(error => error)
    expect(error).toMatchObject({
      code: 'DATABASE_MISMATCH',
      details: { name: 'todos', actual: before.database },
    })
    for (const way of ['another name', 'allDocs', 'deleteDatabase("todos")'])
      expect(error.message).toContain(way)
    expect(await own.identity()).toEqual(before)
    expect(await bob.names()).toEqual(['todos'])
    await own.close()
  })

  it('open the link under another name, copy, and go on; or delete theirs first', async () => {
    const { bob, link } = await createDevices('write')
    const own = bob.firekeep('todos')
    await own.put({ _id: 'mine', n: 1 })
    const shared = await bob.openLink(link, { name: 'our todos' })
    for (const doc of (await own.allDocs()).docs) await shared.put(doc)
    expect(await shared.get('mine')).toEqual({ _id: 'mine', n: 1 })
    await shared.destroy()
    await own.destroy()
    const instead = await bob.openLink(link, { name: 'todos' })
    expect(instead.name).toBe('todos')
    expect((await instead.allDocs()).rows).toEqual([])
    await instead.close()
  })
})

describe('a link that is refused', () => {
  const lie = async (permission: 'read' | 'write') => {
    const secrets = await deriveSecrets(KEY)
    const secret = permission === 'write' ? KEY : readSecretOf(secrets)
    const lineage = secrets.lineage.with(0, (secrets.lineage[0] as number) ^ 1)
    return encodeLinkContent({ permission, secret, lineage, server: SERVER, title: '' })
  }

  it.each(['read', 'write'] as const)(
    'to %s: its secret is not that of the database it names',
    async permission => {
      const device = new SharingDevice(1)
      await expect(device.openLink(await lie(permission))).rejects.toMatchObject({ code: 'INVALID_OPTION' })
      expect(await device.space.list()).toEqual([])
    },
  )

  it.each<[string, (link: string) => string, OpenLinkOptions, string]>([
    ['a cut link', link => link.slice(0, -1), {}, 'INVALID_OPTION'],
    ['no link', () => 'https://app.example/', {}, 'INVALID_OPTION'],
    ['a newer link', link => link.replace('#fk1.', '#fk7.'), {}, 'UNSUPPORTED_FORMAT'],
    ['a key beside it', link => link, { key: KEY } as object, 'INVALID_OPTION'],
    ['a name that is none', link => link, { name: '' }, 'INVALID_OPTION'],
    ['attach that is no flag', link => link, { attach: 'yes' } as object, 'INVALID_OPTION'],
    ['allowInsecure that is no flag', link => link, { allowInsecure: 1 } as object, 'INVALID_OPTION'],
    ['a remote that is none', link => link, { remote: 'https://sync.example' } as object, 'INVALID_OPTION'],
    ['an unknown option', link => link, { colour: 'red' } as object, 'INVALID_OPTION'],
  ])('%s: nothing is stored, and no error repeats the secret', async (_, change, options, code) => {
    const { alice, bob, link } = await createDevices('write')
    const db = alice.firekeep('todos')
    const key = await db.exportKey()
    await db.close()
    const error = await bob.openLink(change(link), options).catch(error => error)
    expect(error).toMatchObject({ code })
    const told = JSON.stringify([error.message, error.details, String(error.cause)])
    expect(told).not.toContain(key.slice(5, 25))
    expect(told).not.toContain(link.slice(-60, -30))
    expect(await bob.space.list()).toEqual([])
  })

  it('leads to a server over plain http, unless it is allowed to', async () => {
    const [alice, bob] = [new SharingDevice(1), new SharingDevice(2)]
    const url = 'http://192.168.1.7:7000'
    await expect(alice.share('todos', 'write', { url })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    const link = await alice.share('todos', 'write', { url, allowInsecure: true })
    await expect(bob.openLink(link)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { server: url },
    })
    const db = await bob.openLink(link, { allowInsecure: true })
    expect(await canWrite(db)).toBe(true)
    await db.close()
  })

  it('would make new keys in a place that lost its own', async () => {
    const { bob, link } = await createDevices('write')
    const own = bob.firekeep('own')
    await own.put({ _id: 'x' })
    await own.close()
    await bob.space.remove('keys')
    await expect(bob.openLink(link)).rejects.toMatchObject({ code: 'KEY_MISSING' })
  })
})
