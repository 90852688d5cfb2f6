import { describe, expect, it } from 'vitest'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { FileDevice } from '../../sync/fixtures/file-device.js'
import { LossyRemote } from '../../sync/fixtures/lossy-remote.js'

async function twoDevices(remote: MemoryRemote | LossyRemote = new MemoryRemote()) {
  const [a, b] = [new FileDevice(remote, 1), new FileDevice(remote, 2)]
  await a.put('doc', { x: new Blob(['a text']), y: new Blob(['another text']) })
  await a.put('other', { z: new Blob(['of another pack']) })
  await a.synced()
  await b.synced()
  return { a, b, pack: await a.packOf('doc', 'x') }
}

describe('a pinned attachment', () => {
  it('is on the device, with or without a remote', async () => {
    const { b, pack } = await twoDevices()
    await b.db.pin('doc', 'x')
    b.link.switch(false)
    expect(new TextDecoder().decode(await b.read('doc', 'x'))).toBe('a text')
    expect(b.traffic.bytesOf(pack)).toBeGreaterThan(0)
    await expect(b.read('other', 'z')).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    await expect(b.db.pin('other')).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
  })

  it('goes when none of its pack is pinned any more, and comes again when it is read', async () => {
    const { b, pack } = await twoDevices()
    await b.db.pin('doc')
    const loaded = b.traffic.bytesOf(pack)
    await b.db.unpin('doc', 'x')
    expect(await storedPacks(b)).toEqual([pack])
    await b.db.unpin('doc', 'y')
    expect(await storedPacks(b)).toEqual([])
    expect(new TextDecoder().decode(await b.read('doc', 'y'))).toBe('another text')
    expect(b.traffic.bytesOf(pack)).toBeGreaterThan(2 * loaded - 10)
  })

  it('stays where no remote has it', async () => {
    const remote = new LossyRemote()
    const { a, b, pack } = await twoDevices(remote)
    await b.db.pin('doc')
    remote.lost.add(pack)
    await expect(b.db.unpin('doc')).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    await a.put('new', { file: new Blob(['not sent yet']) })
    const unsent = await a.packOf('new', 'file')
    a.traffic.before = verb => {
      if (verb === 'put') throw new Error('out of reach')
    }
    await expect(a.db.unpin('new')).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    expect(await storedPacks(a)).toContain(unsent)
    a.link.switch(false)
    await expect(a.db.unpin('other')).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    expect(await storedPacks(a)).toHaveLength(3)
    expect(await storedPacks(b)).toEqual([pack])
  })

  it('has to be one', async () => {
    const { b } = await twoDevices()
    await expect(b.db.pin('nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(b.db.pin('doc', 'q')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(b.db.unpin('doc', 7 as unknown as string)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await b.db.put({ _id: 'plain' })
    await b.db.pin('plain')
    await b.db.unpin('doc')
  })
})

/** The names of the packs that a device has. */
async function storedPacks({ space }: FileDevice): Promise<string[]> {
  const found: string[] = []
  for (const name of await space.list()) {
    const storage = await space.open(name)
    for (const key of await storage.list('file-pack/')) found.push(key.slice('file-pack/'.length))
  }
  return found
}
