import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import { equalBytes, randomBytes } from '../primitives/bytes.js'
import type { Remote } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { FileDevice } from './fixtures/file-device.js'
import { LossyRemote } from './fixtures/lossy-remote.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { KEY } from './fixtures/open-reporting.js'

/** No two are alike. */
function content(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  const random = randomBytes(1024)
  for (let at = 0; at < length; at++) bytes[at] = (random[at % 1024] as number) ^ (at >> 10) ^ (at >> 18)
  return bytes
}

function devices(count: number, remote: Remote = new MemoryRemote()): FileDevice[] {
  return Array.from({ length: count }, (_, i) => new FileDevice(remote, i + 1))
}

describe('an attachment on a remote', () => {
  it('is not loaded by who only edits its document, and is loaded once by who reads it', async () => {
    const remote = new MemoryRemote()
    const [a, b] = devices(2, remote) as [FileDevice, FileDevice]
    const photo = content(60_000)
    await a.put('doc', { photo: new Blob([photo], { type: 'image/png' }) }, { title: 'one' })
    await a.synced()
    const pack = await a.packOf('doc', 'photo')
    expect(a.traffic.putsOf(pack)).toBe(1)
    expect(a.traffic.listed.flat()).toEqual([pack])
    await b.synced()
    b.link.switch(false)
    const doc = await b.db.get('doc')
    await b.db.put({ ...doc, title: 'two' })
    b.link.switch(true)
    await b.synced()
    const sealed = (await (await openRawLog(remote, KEY)).getBlob(pack)) as Uint8Array
    expect(sealed.length).toBeGreaterThan(photo.length)
    expect(b.traffic.carries(sealed)).toBe(false)
    expect(b.traffic.listed.flat()).toEqual([pack])
    await a.synced()
    expect(await a.db.get('doc')).toMatchObject({ title: 'two' })
    expect(equalBytes(await a.read('doc', 'photo'), photo)).toBe(true)
    expect(a.traffic.putsOf(pack)).toBe(1)
    expect(equalBytes(await b.read('doc', 'photo'), photo)).toBe(true)
    expect(b.traffic.carries(sealed)).toBe(true)
    const loaded = b.traffic.bytesOf(pack)
    expect(loaded).toBeGreaterThan(photo.length)
    expect(loaded).toBeLessThan(photo.length + 20_000)
    b.link.switch(false)
    expect(equalBytes(await b.read('doc', 'photo'), photo)).toBe(true)
    expect(b.traffic.bytesOf(pack)).toBe(loaded)
    expect([...a.reported, ...b.reported]).toEqual([])
  })

  it('goes up before its commit, and what was written before it does not wait', async () => {
    const [a] = devices(1) as [FileDevice]
    a.link.switch(false)
    await a.db.put({ _id: 'small' })
    await a.put('large', { file: new Blob([content(100_000)]) })
    await a.db.put({ _id: 'later' })
    const order: string[] = []
    a.traffic.before = verb => void (verb !== 'get' && order.push(verb))
    a.link.switch(true)
    await a.synced()
    expect(order).toEqual(['append', 'put', 'append'])
  })

  it('is not sent anew when sending was interrupted, wherever it was', async () => {
    const names: string[] = []
    const remote = new MemoryRemote()
    const [a] = devices(1, remote) as [FileDevice]
    a.link.switch(false)
    for (const id of ['x', 'y', 'z']) {
      await a.put(id, { file: new Blob([content(50_000)]) })
      names.push(await a.packOf(id, 'file'))
    }
    a.link.switch(true)
    for (let calls = 0; ; calls++) {
      let left = calls
      a.traffic.before = () => {
        left -= 1
        if (left < 0) a.link.switch(false)
      }
      const isDone = await a.synced().then(
        () => true,
        () => false,
      )
      a.traffic.before = () => undefined
      a.link.switch(true)
      if (isDone && left >= 0) break
    }
    for (const name of names) expect(a.traffic.putsOf(name)).toBe(1)
    const [b] = [new FileDevice(remote, 9)]
    await b.synced()
    for (const id of ['x', 'y', 'z']) expect(await b.read(id, 'file')).toHaveLength(50_000)
  })

  it('is not sent by who starts anew after it came up and before its commit did', async () => {
    const remote = new MemoryRemote()
    const [a] = devices(1, remote) as [FileDevice]
    await a.put('doc', { file: new Blob([content(50_000)]) })
    const pack = await a.packOf('doc', 'file')
    a.traffic.before = verb => {
      if (verb === 'append') throw new Error('the tab is gone')
    }
    await a.synced().catch(() => undefined)
    await a.db.close()
    expect(a.traffic.putsOf(pack)).toBe(1)
    const again = new FileDevice(remote, 1, a.space)
    await again.synced()
    expect(again.traffic.putsOf(pack)).toBe(0)
    const b = new FileDevice(remote, 2)
    await b.synced()
    expect(await b.read('doc', 'file')).toHaveLength(50_000)
  })
})

describe('a remote that loses attachments', () => {
  it('does not hold back what names them; it is told once, and mended by who has them', async () => {
    const remote = new LossyRemote()
    const [a, b] = devices(2, remote) as [FileDevice, FileDevice]
    const photo = content(40_000)
    await a.put('doc', { photo: new Blob([photo]) })
    await a.synced()
    await b.synced()
    const pack = await a.packOf('doc', 'photo')
    remote.lost.add(pack)
    await b.db.put({ ...(await b.db.get('doc')), title: 'two' })
    await b.db.put({ ...(await b.db.get('doc')), title: 'three' })
    await b.synced()
    expect(b.reported.map(({ code }) => code)).toEqual(['FILE_UNAVAILABLE'])
    await expect(b.read('doc', 'photo')).rejects.toMatchObject({ code: 'FILE_UNAVAILABLE' })
    expect(await b.db.get('doc')).toMatchObject({ title: 'three' })
    await a.synced()
    await a.db.put({ ...(await a.db.get('doc')), title: 'four' })
    await a.synced()
    expect(a.traffic.putsOf(pack)).toBe(2)
    expect(equalBytes(await b.read('doc', 'photo'), photo)).toBe(true)
    expect(a.reported).toEqual([])
  })

  it('or damages them leaves the document readable, and another device whole', async () => {
    const remote = new MemoryRemote()
    const [a, b] = devices(2, remote) as [FileDevice, FileDevice]
    const photo = content(40_000)
    await a.put('doc', { photo: new Blob([photo]) }, { title: 'one' })
    await a.synced()
    await b.synced()
    b.traffic.tamper = bytes => bytes?.map((byte, at) => (at === 9_000 ? byte ^ 1 : byte))
    await expect(b.read('doc', 'photo')).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(await b.db.get('doc')).toMatchObject({ title: 'one' })
    b.traffic.tamper = bytes => bytes?.slice(0, -1)
    await expect(b.read('doc', 'photo')).rejects.toMatchObject({ code: 'CORRUPT' })
    b.traffic.tamper = bytes => bytes
    expect(equalBytes(await b.read('doc', 'photo'), photo)).toBe(true)
    expect(equalBytes(await a.read('doc', 'photo'), photo)).toBe(true)
  })
})

describe('a device without an attachment', () => {
  it('goes on loading where it was cut off, at every piece', async () => {
    const remote = new MemoryRemote()
    const [a, b] = devices(2, remote) as [FileDevice, FileDevice]
    const film = content(5 * 1024 * 1024)
    await a.put('doc', { film: new Blob([film]) })
    await a.synced()
    await b.synced()
    const pack = await b.packOf('doc', 'film')
    for (let failures = 0; failures < 2; failures++) {
      let left = 1
      b.traffic.before = (_, name) => {
        if (name === pack && left-- === 0) throw new FirekeepError('REMOTE_UNAVAILABLE', 'out of reach')
      }
      const failure = await b.read('doc', 'film').catch(error => error.code)
      expect(failure).toBe('FILE_UNAVAILABLE')
    }
    b.traffic.before = () => undefined
    expect(equalBytes(await b.read('doc', 'film'), film)).toBe(true)
    const [, length] = (await b.file('doc', 'film')).pack.split('.')
    expect(b.traffic.bytesOf(pack)).toBe(Number(length))
  })

  it('loads it with the right to read alone, also as one that begins with a snapshot', async () => {
    const remote = new MemoryRemote()
    const [a] = devices(1, remote) as [FileDevice]
    await a.put('doc', { photo: new Blob([content(70_000)]) })
    await a.synced()
    await a.db.compact()
    const log = await openRawLog(remote, KEY)
    while ((await log.getPointer()) === undefined) {
      await a.synced()
      await new Promise(setImmediate)
    }
    const pack = await a.packOf('doc', 'photo')
    expect((await log.getPointer())?.blobs).toContain(pack)
    const key = await a.db.exportKey({ permission: 'read' })
    const reader = new FileDevice(remote, 5, undefined, key)
    await reader.synced()
    expect(reader.traffic.blobs.length).toBeGreaterThan(0)
    expect(reader.traffic.bytesOf(pack)).toBe(0)
    expect(await reader.read('doc', 'photo')).toHaveLength(70_000)
    await reader.db.pin('doc')
    await reader.db.unpin('doc')
    expect(await reader.read('doc', 'photo')).toHaveLength(70_000)
    expect(reader.reported).toEqual([])
  })

  it('has what is damaged in its storage replaced by itself', async () => {
    const [a, b] = devices(2) as [FileDevice, FileDevice]
    await a.put('doc', { photo: new Blob([content(70_000)]) })
    await a.synced()
    await b.synced()
    const photo = await b.read('doc', 'photo')
    await damage(b)
    expect(equalBytes(await b.read('doc', 'photo'), photo)).toBe(true)
    await damage(b)
    b.link.switch(false)
    await expect(b.read('doc', 'photo')).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(await b.db.get('doc')).toMatchObject({ _id: 'doc' })
    b.link.switch(true)
    expect(equalBytes(await b.read('doc', 'photo'), photo)).toBe(true)
  })
})

/** Changes a byte of what is stored of files. */
async function damage({ space }: FileDevice): Promise<void> {
  for (const name of await space.list()) {
    const storage = await space.open(name)
    for (const [key, value] of await storage.getAll('file/')) {
      const at = Math.floor(value.length / 2)
      await storage.batch([[key, value.with(at, (value[at] as number) ^ 1)]], [])
    }
  }
}
