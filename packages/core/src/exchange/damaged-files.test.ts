import { describe, expect, it } from 'vitest'
import { Damage } from '../audit/fixtures/damage.js'
import { hashBlock, RAW } from '../codec/block.js'
import { findMissing } from '../commits/ancestry.js'
import { engineOf } from '../database/engine-of.js'
import { fromBase32 } from '../primitives/bytes.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { FileDevice } from '../sync/fixtures/file-device.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import { bytesOf } from './fixtures/bytes-of.js'
import { listCommits } from './list-commits.js'
import { encodeFileHead } from './manifest.js'
import { writeArchive } from './write-archive.js'

const KEY = new Uint8Array(32).fill(6)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

async function damageSegment(space: ReturnType<typeof createMemorySpace>): Promise<void> {
  const damage = new Damage(space)
  const [segment] = await damage.entries('file/')
  await damage.flip(segment as never, 100)
}

describe('an export with an attachment that is damaged here', () => {
  it('fails and names it where no remote has it, and can be made without files', async () => {
    const space = createMemorySpace()
    const [a, b] = [
      openReplica({ space, seed: 1, key: KEY }),
      openReplica({ space: createMemorySpace(), seed: 2, key: KEY }),
    ]
    await a.put({ _id: 'x', _files: { note: new Blob(['some text']) } })
    await damageSegment(space)
    await expect(bytesOf(a.export())).rejects.toMatchObject({
      code: 'CORRUPT',
      details: { pack: expect.any(String) },
    })
    await b.import(await bytesOf(a.export({ files: false })))
    expect(await b.has('x')).toBe(true)
    await Promise.all([a.close(), b.close()])
  })

  it('holds it whole where a remote has it', async () => {
    const remote = new MemoryRemote()
    const a = new FileDevice(remote, 1)
    const c = new FileDevice(new MemoryRemote(), 3)
    await a.put('x', { note: new Blob(['some text']) })
    await a.synced()
    await damageSegment(a.space as never)
    await c.db.import(await bytesOf(a.db.export()))
    expect(text(await c.read('x', 'note'))).toBe('some text')
    await Promise.all([a.db.close(), c.db.close()])
  })
})

describe('an import of an archive that was written with a damaged attachment', () => {
  it('takes in the documents and says which file packs it left out', async () => {
    const [a, b] = [1, 2].map(seed => openReplica({ space: createMemorySpace(), seed, key: KEY }))
    if (a === undefined || b === undefined) throw new Error('two replicas')
    await a.put({ _id: 'x', _files: { note: new Blob(['some text']) } })
    const name = ((await a.get('x'))._files?.note?.pack ?? '').split('.')[0] as string
    const engine = engineOf(a)
    const [view, { secrets }] = [await engine.view(), await engine.mustGetStore()]
    const nodes = await findMissing(view.heads, [], ref => view.nodeOf(ref))
    const files = (async function* () {
      yield await encodeFileHead({ pack: fromBase32(name) as Uint8Array })
      yield await hashBlock(RAW, new Uint8Array(500))
    })()
    const groups = listCommits(nodes, { read: run => engine.read(run) })
    const heads = view.heads.map(({ cid }) => cid)
    const chunks: Uint8Array[] = []
    for await (const chunk of writeArchive(
      { kind: 'export', heads, commits: nodes.length, groups, files },
      { secrets },
    ))
      chunks.push(chunk)
    const report = await b.import(new Blob(chunks as BlobPart[]))
    expect(report).toMatchObject({ commits: 1, damagedFiles: [name] })
    expect(await b.has('x')).toBe(true)
    // A whole archive brings it later.
    expect((await b.import(await bytesOf(a.export()))).damagedFiles).toBeUndefined()
    expect(await (await (await b.get('x'))._files?.note?.file())?.text()).toBe('some text')
    await Promise.all([a.close(), b.close()])
  })
})

describe('an archive of what is pruned, on a device that loaded no attachment', () => {
  async function twoDevices() {
    const remote = new MemoryRemote()
    const [a, b] = [new FileDevice(remote, 1), new FileDevice(remote, 2)]
    await a.put('x', { note: new Blob(['first']) })
    const clock = await a.db.clock()
    await a.put('x', { note: new Blob(['second']) })
    await a.synced()
    await b.synced()
    await a.db.close()
    return { b, clock }
  }

  const firstOf = async ({ db }: FileDevice, asOf: readonly string[]) => {
    const doc = (await db.get('x', { asOf: asOf as never })) as {
      _files?: Record<string, { file(): Promise<File> }>
    }
    return (await doc._files?.note?.file())?.text()
  }

  it('holds them too', async () => {
    const { b, clock } = await twoDevices()
    const chunks: Uint8Array[] = []
    await b.db.compact({ archive: bytes => void chunks.push(bytes) })
    await expect(firstOf(b, clock)).rejects.toMatchObject({ code: 'PRUNED' })
    b.link.switch(false)
    expect(await b.db.import(new Blob(chunks as BlobPart[]))).toMatchObject({ restored: 1 })
    expect(await firstOf(b, clock)).toBe('first')
    await b.db.close()
  })

  it('erases nothing whose attachments are out of reach', async () => {
    const { b, clock } = await twoDevices()
    b.link.switch(false)
    await b.db.compact({ archive: () => undefined })
    b.link.switch(true)
    await b.synced()
    expect(await firstOf(b, clock)).toBe('first')
    await b.db.close()
  })
})
