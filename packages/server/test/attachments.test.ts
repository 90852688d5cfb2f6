import { randomBytes } from 'node:crypto'
import type { LogAccess, StoredFile } from '@firekeep/core'
import { expect, it } from 'vitest'
import { Device } from './fixtures/device.js'
import { TestServer } from './fixtures/test-server.js'
import { untilPointer } from './fixtures/until-pointer.js'

const GRACE = 150_000

it('attachments come when they are read, and go when no kept version names them', async () => {
  const server = await TestServer.start()
  const { url } = server
  const alice = new Device({ url, autoCompact: false })
  const [first, second] = [randomBytes(3_000_000), randomBytes(100_000)]
  await alice.db.put({ _id: 'doc', n: 1, _files: { film: new Blob([first]), text: new Blob(['kept']) } })
  const filmPack = packOf(await fileOf(alice, 'film'))
  const { _files } = await alice.db.get('doc')
  await alice.db.put({ _id: 'doc', n: 2, _files: { film: new Blob([second]) } })
  const newPack = packOf(await fileOf(alice, 'film'))
  await alice.db.put({ _id: 'other', _files: { text: (_files as Record<string, StoredFile>).text } })
  await alice.db.put({ _id: 'gone', _files: { film: new Blob([randomBytes(50_000)]) } })
  const gonePack = packOf(await fileOf(alice, 'film', 'gone'))
  await alice.synced()
  const { access } = alice.remote
  expect(await missing(server, access, [filmPack, newPack, gonePack])).toEqual([])
  const bob = new Device({ url, key: await alice.db.exportKey(), autoCompact: false })
  await bob.synced()
  expect((await contentOf(await fileOf(bob, 'film'))).equals(second)).toBe(true)
  expect(await contentOf(await fileOf(bob, 'text', 'other'))).toEqual(Buffer.from('kept'))
  await alice.db.purge('gone')
  await alice.synced()
  await alice.db.compact()
  await alice.synced()
  await untilPointer(url, access, ({ blobs }) => blobs.includes(newPack) && !blobs.includes(gonePack))
  await untilCollected(server, alice, gonePack)
  expect(await missing(server, access, [filmPack, newPack])).toEqual([])
  const carol = new Device({ url, key: await alice.db.exportKey(), autoCompact: false })
  await carol.synced()
  expect((await contentOf(await fileOf(carol, 'film'))).equals(second)).toBe(true)
  await alice.db.prune({ before: await alice.db.clock() })
  await alice.db.del('doc')
  await alice.synced()
  await alice.db.prune({ before: await alice.db.clock() })
  await alice.synced()
  await untilCollected(server, alice, newPack)
  // The first film lay in one pack with a text that another document names.
  expect(await missing(server, access, [filmPack])).toEqual([])
  expect(await contentOf(await fileOf(carol, 'text', 'other'))).toEqual(Buffer.from('kept'))
  expect([...alice.codes, ...bob.codes, ...carol.codes]).toEqual([])
}, 60_000)

async function fileOf({ db }: Device, name: string, id = 'doc'): Promise<StoredFile> {
  const { _files } = await db.get(id)
  return (_files as Record<string, StoredFile>)[name] as StoredFile
}

function packOf({ pack }: StoredFile): string {
  return pack.split('.')[0] as string
}

async function contentOf(file: StoredFile): Promise<Buffer> {
  return Buffer.from(await (await file.file()).arrayBuffer())
}

async function missing({ engine }: TestServer, { logId }: LogAccess, names: readonly string[]) {
  const found = await Promise.all(names.map(name => engine.blobs.has(logId, name)))
  return names.filter((_, index) => !found[index])
}

/** What was purged is listed by the last two pointers no more when the second of them stands. */
async function untilCollected(server: TestServer, device: Device, name: string): Promise<void> {
  for (;;) {
    server.ahead += 2 * GRACE
    await server.collect(GRACE)
    if ((await missing(server, device.remote.access, [name])).length > 0) return
    await device.synced()
  }
}
