import { describe, expect, it } from 'vitest'
import { stride } from '../../../test/runs.js'
import { writePack } from '../../packs/write-pack.js'
import { toHex } from '../../primitives/bytes.js'
import { EMPTY_LOG_HASH } from '../../protocol/log-hash.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { copySpace } from '../../testing/fixtures/copy-space.js'
import { SteppedSpace } from '../../testing/stepped-space.js'
import { forgePointer, withContent, withoutDocument } from './fixtures/forge-pointer.js'
import { idOf, openPublished } from './fixtures/published-remote.js'
import { redactContent } from './fixtures/redact-content.js'
import { TestReplica } from './fixtures/test-replica.js'

/** A remote whose pointer lies in some way, and who wrote what is in its log. */
async function openLie(forge: (liar: TestReplica) => Promise<unknown>) {
  const { remote, writer } = await openPublished(60)
  const liar = await TestReplica.open({ remote, seed: 9 })
  await liar.exchange()
  await liar.compact()
  await forge(liar)
  return { remote, writer, liar }
}

const LIES: Record<string, (liar: TestReplica) => Promise<unknown>> = {
  'lacks a leaf': liar => forgePointer(liar, { edits: [withoutDocument(idOf(3))] }),
  'changes a body': async liar =>
    forgePointer(liar, { edits: [await withContent(liar, idOf(3), { n: 'a lie' })] }),
  'has a foreign head': async liar => {
    await liar.put({ _id: 'foreign', n: 1 })
    await liar.compact()
    await forgePointer(liar)
  },
}

describe('the background check of a snapshot', () => {
  it('finds a true one true, and remembers it', async () => {
    const { remote, writer } = await openPublished(60)
    const space = createMemorySpace()
    const replica = await TestReplica.open({ remote, space, seed: 2 })
    await replica.start()
    expect(await replica.verify()).toEqual({ kind: 'verified' })
    expect(await replica.verify()).toEqual({ kind: 'none' })
    expect(replica.errors).toEqual([])
    expect(await replica.all()).toEqual(await writer.all())
  })

  it.each(Object.keys(LIES))(
    'finds one that %s, reports its publisher, and stores the right one',
    async lie => {
      const { remote, writer, liar } = await openLie(LIES[lie] as (typeof LIES)[string])
      const replica = await TestReplica.open({ remote, seed: 2 })
      expect((await replica.start()).kind).toBe('started')
      await replica.put({ _id: idOf(3), n: 'mine' }, { _id: 'mine', n: 1 })
      expect((await replica.verify()).kind).toBe('rebuilt')
      expect(replica.errors).toMatchObject([{ code: 'CORRUPT' }])
      expect(replica.errors[0]?.details.author).toBe(toHex(liar.store.author?.publicKey as Uint8Array))
      await replica.exchange()
      await writer.exchange()
      expect(await replica.all()).toEqual(await writer.all())
      expect(replica.view.clock).toEqual(writer.view.clock)
      expect(await writer.get('mine')).toEqual({ _id: 'mine', n: 1 })
      expect(await writer.get('foreign')).toBeUndefined()
      await replica.compact()
      await writer.compact()
      expect(replica.view.snapshot?.docs).toEqual(writer.view.snapshot?.docs)
      expect((await replica.publish()).kind).toBe('published')
      const next = await TestReplica.open({ remote, seed: 3 })
      expect((await next.start()).kind).toBe('started')
      expect((await next.verify()).kind).toBe('verified')
      expect(await next.all()).toEqual(await writer.all())
    },
  )

  it('keeps commits that build on true ones, and makes others of its own anew', async () => {
    const { remote, writer } = await openLie(liar =>
      forgePointer(liar, { edits: [withoutDocument(idOf(3))] }),
    )
    const keeping = await TestReplica.open({ remote, seed: 2 })
    await keeping.start()
    await keeping.put({ _id: 'mine', n: 1 })
    const mine = keeping.view.clock
    const changed: string[] = []
    keeping.ledger.subscribe(({ changes }) => changed.push(...changes.map(({ id }) => id)))
    await keeping.verify()
    expect(changed).toEqual([idOf(3)])
    expect(keeping.view.clock).toEqual(mine)
    expect(await keeping.get(idOf(3))).toEqual(await writer.get(idOf(3)))

    const other = await openLie(LIES['has a foreign head'] as (typeof LIES)[string])
    const losing = await TestReplica.open({ remote: other.remote, seed: 2 })
    await losing.start()
    await losing.put({ _id: idOf(5), n: 'first' }, { _id: 'gone', n: 1 })
    await losing.put({ _id: idOf(5), n: 'second', text: 'long '.repeat(2000) })
    await losing.put({ _id: 'gone', _deleted: true }, { _id: idOf(6), _deleted: true })
    const lost = losing.view.clock
    const told: string[] = []
    losing.ledger.subscribe(({ changes }) => told.push(...changes.map(({ id }) => id)))
    await losing.verify()
    expect(told).toContain('foreign')
    expect(losing.view.clock).not.toEqual(lost)
    expect(losing.view.heads).toHaveLength(1)
    expect(await losing.get(idOf(5))).toMatchObject({ n: 'second' })
    expect(await losing.get('gone')).toBeUndefined()
    expect(await losing.get(idOf(6))).toBeUndefined()
    expect(await losing.get('foreign')).toBeUndefined()
    const { leaves } = (await losing.view.entry(idOf(5))) ?? {}
    expect(leaves).toHaveLength(1)
  })

  it('finds a lie that was compacted since, and that commits of others were read on', async () => {
    const { remote, writer } = await openLie(LIES['changes a body'] as (typeof LIES)[string])
    const replica = await TestReplica.open({ remote, seed: 2 })
    await replica.start()
    await replica.put({ _id: 'mine', n: 1 })
    await writer.put({ _id: 'theirs', n: 2 })
    await writer.exchange()
    await replica.exchange()
    await replica.compact()
    await replica.put({ _id: 'mine', n: 2 })
    expect(await replica.publish()).toEqual({ kind: 'kept', reason: 'unverified' })
    expect((await replica.verify()).kind).toBe('rebuilt')
    await replica.exchange()
    await writer.exchange()
    expect(await replica.all()).toEqual(await writer.all())
    expect(await replica.get('mine')).toEqual({ _id: 'mine', n: 2 })
    expect(await replica.get(idOf(3))).toMatchObject({ n: 3 })
  })

  it('finds a snapshot that lacks contents although its trees are right', async () => {
    const { remote, writer } = await openLie(async liar => {
      const [record] = liar.store.records.snapshots.values()
      const trees = record?.packs.filter(({ kind }) => kind === 'tree') ?? []
      const node = liar.view.heads[0]?.cid as NonNullable<Parameters<typeof liar.store.packs.get>[0]>
      const { info, bytes } = await writePack([{ cid: node, bytes: await liar.store.packs.get(node) }], {
        sealer: liar.store.packSealer,
        compress: true,
      })
      await liar.log.putBlob(info.name, bytes)
      const heads = { ...info, kind: 'history' as const, bytes: bytes.length }
      await forgePointer(liar, { claim: { packs: [...trees, heads] } })
    })
    const replica = await TestReplica.open({ remote, seed: 2 })
    expect((await replica.start()).kind).toBe('started')
    await expect(replica.get(idOf(50))).rejects.toMatchObject({ code: 'PRUNED' })
    expect((await replica.verify()).kind).toBe('rebuilt')
    expect(replica.errors).toMatchObject([{ code: 'CORRUPT', details: { author: expect.any(String) } }])
    expect(await replica.all()).toEqual(await writer.all())
  })

  it('begins again after a restart, and after a crash at any storage call', async () => {
    const { remote, writer } = await openLie(LIES['has a foreign head'] as (typeof LIES)[string])
    const started = createMemorySpace()
    const first = await TestReplica.open({ remote, space: started, seed: 2 })
    await first.start()
    await first.put({ _id: 'mine', n: 1 })
    await first.close()
    for (let calls = 0, isWithin = true; isWithin; calls += stride(2)) {
      const space = await copySpace(started)
      const stepped = new SteppedSpace(space, 'crashing')
      const crashing = await TestReplica.open({ remote, space: stepped, seed: 2 })
      const end = stepped.run(() => crashing.verify()).catch(error => error)
      isWithin = await stepped.step(calls)
      await stepped.kill('after')
      await end
      await crashing.close().catch(() => undefined)
      const again = await TestReplica.open({ remote, space, seed: 3 })
      expect(await again.get('mine')).toEqual({ _id: 'mine', n: 1 })
      expect(['rebuilt', 'none']).toContain((await again.verify()).kind)
      await again.exchange()
      expect(await again.get('mine')).toEqual({ _id: 'mine', n: 1 })
      expect(await again.get('foreign')).toBeUndefined()
      expect(await again.get(idOf(9))).toEqual(await writer.get(idOf(9)))
      await again.close()
    }
  })

  it('accuses nobody of a content that was erased from the log since', async () => {
    const { remote, writer } = await openPublished(20)
    const replica = await TestReplica.open({ remote, seed: 2 })
    await replica.start()
    await redactContent(writer, idOf(3))
    const { kind } = await replica.verify()
    expect(replica.errors).toEqual([])
    expect(kind).toBe('verified')
  })

  it('accuses nobody where the log is another one now', async () => {
    const { remote } = await openPublished(20)
    const replica = await TestReplica.open({ remote, seed: 2 })
    await replica.start()
    replica.log.read = async after => ({
      before: EMPTY_LOG_HASH,
      entries: [],
      head: { seq: after, hash: EMPTY_LOG_HASH },
    })
    expect(await replica.verify()).toEqual({ kind: 'other-log' })
    expect(replica.errors).toEqual([])
    expect(await replica.all()).toHaveLength(20)
  })

  it('gives back what the remote lost of a snapshot, from the log', async () => {
    const { remote, writer } = await openPublished(20)
    const replica = await TestReplica.open({ remote, seed: 2 })
    await replica.start()
    await replica.put({ _id: 'mine', n: 1 })
    expect((await replica.verify()).kind).toBe('verified')
    replica.log.getBlob = async () => undefined
    await expect(replica.prefetch()).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    expect((await replica.verify({ mustRebuild: true })).kind).toBe('rebuilt')
    await replica.exchange()
    await writer.exchange()
    expect(await replica.all()).toEqual(await writer.all())
    expect(replica.errors).toEqual([])
  })
})
