import { describe, expect, it } from 'vitest'
import { importSigningKey } from '../crypto/ed25519.js'
import { createAuthor } from '../crypto/identity.js'
import { deriveReadSecrets, type WriteSecrets } from '../crypto/secrets.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { hasErrorCode } from '../errors.js'
import type { RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { LogForger } from '../sync/fixtures/log-forger.js'
import { SERVER, SharingDevice } from './fixtures/sharing-device.js'
import { decodeLinkContent } from './link-content.js'
import { shareLink } from './share-link.js'

/** Where everybody meets: the server, and the errors that devices reported. */
class Meeting {
  readonly #remote = new MemoryRemote(SERVER)
  readonly reported: unknown[] = []
  readonly #open: Database<AnyDocument>[] = []

  /** Makes a database on a device and attaches the server. */
  async create(device: SharingDevice, name: string): Promise<Shared> {
    return this.#attach(device.firekeep(name))
  }

  /** Opens a link on a device, and attaches the server. */
  async join(device: SharingDevice, link: string): Promise<Shared> {
    return this.#attach(await device.openLink(link))
  }

  /** The log of a database, for somebody who goes round the library. */
  async log(db: Database<AnyDocument>): Promise<RemoteLog> {
    const { database } = await db.identity()
    return this.#remote.open({ logId: database, permission: 'write', signToken: async () => '' })
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map(db => db.close()))
  }

  #attach(db: Database<AnyDocument>): Shared {
    this.#open.push(db)
    const { synced } = db.attach(this.#remote, { onError: error => this.reported.push(error) })
    return { db, synced, link: permission => shareLink(db, { url: SERVER, permission }) }
  }
}

interface Shared {
  readonly db: Database<AnyDocument>
  readonly synced: () => Promise<void>
  readonly link: (permission: 'read' | 'write') => Promise<string>
}

/** Somebody who was given a link to read and seals what he likes as a pack of the log. */
async function createForger(readLink: string): Promise<LogForger> {
  const secrets = await deriveReadSecrets(decodeLinkContent(readLink).secret)
  const own = await importSigningKey(new Uint8Array(32).fill(9))
  const author = await createAuthor(new Uint8Array(32).fill(9), { lineage: secrets.lineage, writeKey: own })
  return new LogForger(secrets as WriteSecrets, author)
}

describe('two people with a link between them', () => {
  it('write to the same documents', async () => {
    const meeting = new Meeting()
    const alice = await meeting.create(new SharingDevice(1), 'todos')
    await alice.db.put({ _id: 'x', by: 'Alice' })
    await alice.synced()
    const bob = await meeting.join(new SharingDevice(2), await alice.link('write'))
    await bob.synced()
    expect(await bob.db.get('x')).toEqual({ _id: 'x', by: 'Alice' })
    await bob.db.put({ _id: 'x', by: 'Bob' })
    await bob.synced()
    await alice.synced()
    expect(await alice.db.get('x')).toEqual({ _id: 'x', by: 'Bob' })
    expect(await alice.db.clock()).toEqual(await bob.db.clock())
    await meeting.close()
  })

  it('who may only read sees what is written and sends nothing, compaction included', async () => {
    const meeting = new Meeting()
    const alice = await meeting.create(new SharingDevice(1), 'todos')
    await alice.db.put({ _id: 'x', n: 1 })
    await alice.synced()
    const reader = await meeting.join(new SharingDevice(2), await alice.link('read'))
    await reader.synced()
    expect(await reader.db.get('x')).toEqual({ _id: 'x', n: 1 })
    const log = await meeting.log(alice.db)
    const before = (await log.read(0)).head
    await expect(reader.db.put({ _id: 'x', n: 2 })).rejects.toMatchObject({ code: 'READ_ONLY' })
    await reader.db.compact()
    await reader.synced()
    expect((await log.read(0)).head).toEqual(before)
    await alice.db.put({ _id: 'x', n: 3 })
    await alice.synced()
    await reader.synced()
    expect(await reader.db.get('x')).toEqual({ _id: 'x', n: 3 })
    await meeting.close()
  })

  it('who gets a link to write later sends what he writes from then on', async () => {
    const meeting = new Meeting()
    const device = new SharingDevice(2)
    const alice = await meeting.create(new SharingDevice(1), 'todos')
    await alice.db.put({ _id: 'x', n: 1 })
    await alice.synced()
    const reader = await meeting.join(device, await alice.link('read'))
    await reader.synced()
    const writer = await meeting.join(device, await alice.link('write'))
    await reader.db.put({ _id: 'x', n: 2 })
    await writer.synced()
    await alice.synced()
    expect(await alice.db.get('x')).toEqual({ _id: 'x', n: 2 })
    await meeting.close()
  })
})

describe('a commit that a reader forged and pushed straight into the log', () => {
  it('is refused and reported by every replica, and nothing else is lost', async () => {
    const meeting = new Meeting()
    const alice = await meeting.create(new SharingDevice(1), 'todos')
    await alice.db.put({ _id: 'x', by: 'Alice' })
    await alice.synced()
    const readLink = await alice.link('read')
    const reader = await meeting.join(new SharingDevice(2), readLink)
    const forger = await createForger(readLink)
    const forged = await forger.put('x', { by: 'somebody' })
    const log = await meeting.log(alice.db)
    await log.append(await forger.pack(...forged.blocks))
    await alice.db.put({ _id: 'y', by: 'Alice' })
    const late = await meeting.join(new SharingDevice(3), await alice.link('write'))
    for (const each of [alice, reader, late]) await each.synced()
    for (const { db } of [alice, reader, late]) {
      expect((await db.allDocs()).docs).toEqual([
        { _id: 'x', by: 'Alice' },
        { _id: 'y', by: 'Alice' },
      ])
      expect(await db.clock()).toEqual(await alice.db.clock())
    }
    expect(meeting.reported.length).toBeGreaterThanOrEqual(3)
    expect(meeting.reported.every(error => hasErrorCode(error, 'INVALID_COMMIT'))).toBe(true)
    await meeting.close()
  })
})
