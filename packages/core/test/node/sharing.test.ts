import { afterEach, describe, expect, it } from 'vitest'
import { type Database, firekeep } from '../../src/index.js'
import { MemoryRemote } from '../../src/remotes/memory-remote.js'
import type { OpenLinkOptions } from '../../src/share/index.js'
import { createMemorySpace } from '../../src/storage/memory-storage.js'
import { readExample } from './fixtures/read-example.js'
import {
  addRoom,
  copyInto,
  invite,
  openPage,
  openRooms,
  type Room,
  startAnew,
  type Todo,
} from './fixtures/sharing-example.js'

const SERVER = 'https://sync.example'
const opened: { close(): Promise<void> }[] = []

function keep<D extends object>(db: Database<D>): Database<D> {
  opened.push(db)
  return db
}

/** What a device passes to the examples: a storage of its own, and a server that all share. */
function createDevice(remote: MemoryRemote) {
  return { storage: createMemorySpace(), remote: () => remote } satisfies OpenLinkOptions
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map(db => db.close()))
})

describe('the example in docs/sharing.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('sharing.md', 'sharing-example.ts')
    expect(shown).toBe(run)
  })

  it('opens the own database on a page that was opened without a link', async () => {
    const db = keep(await openPage({ storage: createMemorySpace() }))
    expect(db.name).toBe('todos')
    await db.put({ text: 'milk' })
    expect((await db.allDocs()).rows.length).toBe(1)
  })

  it('brings all rooms of a user to his second device, and friends into them', async () => {
    const remote = new MemoryRemote(SERVER)
    const [phone, laptop] = [createDevice(remote), createDevice(remote)]
    const { storage } = phone
    const rooms = keep(firekeep<Room>('rooms', { storage }))
    for (const name of ['a', 'b']) {
      const room = keep(firekeep<Todo>(name, { storage }))
      await room.put({ _id: 'x', text: `of ${name}` })
      await room.attach(remote).synced()
      await addRoom(rooms, await invite(room, name === 'a' ? 'write' : 'read'))
    }
    await expect(addRoom(rooms, 'https://app.example/#room')).rejects.toThrow('no link')
    const there = await openRooms(rooms, laptop)
    for (const room of there.map(keep)) await room.attach(remote).synced()
    const texts = await Promise.all(there.map(async room => (await room.get('x')).text))
    expect(texts.sort()).toEqual(['of a', 'of b'])
    const permissions = await Promise.all(there.map(async room => (await room.identity()).permission))
    expect(permissions.sort()).toEqual(['read', 'write'])
    const here = await openRooms(rooms, phone)
    expect(
      here
        .map(keep)
        .map(room => room.name)
        .sort(),
    ).toEqual(['a', 'b'])
  })

  it('joins what two devices began apart, and starts anew without what was deleted', async () => {
    const storage = createMemorySpace()
    const [mine, ours] = ['mine', 'ours'].map(name => keep(firekeep<Todo>(name, { storage }))) as [
      Database<Todo>,
      Database<Todo>,
    ]
    await mine.put({ _id: 'a', text: 'mine' })
    await ours.put({ _id: 'b', text: 'ours' })
    await copyInto(ours, mine)
    expect((await ours.allDocs()).docs.map(doc => doc.text)).toEqual(['mine', 'ours'])
    await ours.del('b')
    const fresh = keep(await startAnew(ours, 'fresh', { storage }))
    expect((await fresh.allDocs()).docs).toEqual([{ _id: 'a', text: 'mine' }])
    expect((await fresh.identity()).database).not.toBe((await ours.identity()).database)
  })
})
