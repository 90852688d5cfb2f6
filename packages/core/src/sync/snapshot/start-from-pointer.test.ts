import { describe, expect, it } from 'vitest'
import { stride } from '../../../test/runs.js'
import { createAuthor } from '../../crypto/identity.js'
import { deriveSecrets } from '../../crypto/secrets.js'
import { FirekeepError } from '../../errors.js'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { SteppedSpace } from '../../testing/stepped-space.js'
import { forgePointer } from './fixtures/forge-pointer.js'
import { documents, idOf, openPublished } from './fixtures/published-remote.js'
import { TestReplica } from './fixtures/test-replica.js'
import { remotePackSource } from './remote-pack-source.js'

describe('a new replica', () => {
  it('opens from the pointer, reads the pages it needs, and goes on with the log', async () => {
    const { remote, writer } = await openPublished(2500)
    const [record] = writer.store.records.snapshots.values()
    const all = record?.packs.reduce((sum, { length }) => sum + length, 0) ?? 0
    const replica = await TestReplica.open({ remote, seed: 2 })
    expect((await replica.start()).kind).toBe('started')
    expect(await replica.get(idOf(2321))).toMatchObject({ n: 2321 })
    expect(await replica.get('nobody')).toBeUndefined()
    const { reads } = replica.log
    expect(reads.ranges).toBeLessThan(25)
    expect(reads.bytes).toBeLessThan(all / 3)
    const { ranges } = reads
    expect(await replica.get(idOf(2321))).toMatchObject({ n: 2321 })
    expect(reads.ranges).toBe(ranges)

    await writer.put({ _id: idOf(1), n: -1 }, { _id: 'later', n: 0 })
    await writer.exchange()
    await replica.put({ _id: 'mine', n: 1 })
    await replica.exchange()
    await writer.exchange()
    expect(replica.view.clock).toEqual(writer.view.clock)
    expect(await replica.all()).toEqual(await writer.all())
    expect(await writer.get('mine')).toEqual({ _id: 'mine', n: 1 })
    expect(replica.errors).toEqual([])
  })

  it('has less to read of a pointer that is old, and the rest from the log', async () => {
    const { remote, writer } = await openPublished(60)
    for (let i = 0; i < 5; i++) {
      await writer.put({ _id: idOf(i), n: -i })
      await writer.exchange()
    }
    const replica = await TestReplica.open({ remote, seed: 2 })
    expect((await replica.start()).kind).toBe('started')
    expect(await replica.get(idOf(2))).toMatchObject({ n: 2 })
    await replica.exchange()
    expect(await replica.get(idOf(2))).toEqual({ _id: idOf(2), n: -2 })
    expect((await replica.verify()).kind).toBe('verified')
  })

  it('tells who listens of all documents, and reads none of them where nobody does', async () => {
    const { remote } = await openPublished(300)
    const deaf = await TestReplica.open({ remote, seed: 2 })
    deaf.ledger.subscribe(
      () => undefined,
      () => false,
    )
    await deaf.start()
    const listening = await TestReplica.open({ remote, seed: 2 })
    const told: string[] = []
    listening.ledger.subscribe(({ changes }) => told.push(...changes.map(({ id }) => id)))
    await listening.start()
    expect(told).toEqual(documents(0, 300).map(({ _id }) => _id))
    expect(deaf.log.reads.bytes).toBeLessThan(listening.log.reads.bytes)
  })

  it('opens again with commits of its own while the packs are on the remote', async () => {
    const { remote } = await openPublished(300)
    const space = createMemorySpace()
    const first = await TestReplica.open({ remote, space, seed: 2 })
    await first.start()
    await first.put({ _id: idOf(7), n: 'mine' })
    await first.close()
    const second = await TestReplica.open({ remote, space, seed: 3 })
    expect(await second.get(idOf(7))).toEqual({ _id: idOf(7), n: 'mine' })
    await second.exchange()
    expect((await second.verify()).kind).toBe('verified')
  })
})

describe('without a connection', () => {
  it('what was read can be read, and nothing else counts as missing or erased', async () => {
    const { remote } = await openPublished(1000)
    const replica = await TestReplica.open({ remote, seed: 2 })
    await replica.start()
    expect(await replica.get(idOf(3))).toMatchObject({ n: 3 })
    replica.log.isOnline = false
    expect(await replica.get(idOf(3))).toMatchObject({ n: 3 })
    const unavailable = { code: 'REMOTE_UNAVAILABLE' }
    const large = 50
    await expect(replica.get(idOf(large))).rejects.toMatchObject(unavailable)
    await expect(replica.get(idOf(501))).rejects.toMatchObject(unavailable)
    await expect(replica.all()).rejects.toMatchObject(unavailable)
    replica.store.packs.useRemote(undefined)
    await expect(replica.get(idOf(501))).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
    replica.store.packs.useRemote(remotePackSource(replica.log))
    replica.log.isOnline = true
    expect(await replica.all()).toHaveLength(1000)
  })
})

describe('a pointer is not started from', () => {
  it('by a replica that has data, or gets some meanwhile', async () => {
    const { remote } = await openPublished(20)
    const replica = await TestReplica.open({ remote, seed: 2 })
    const getPointer = replica.log.getPointer.bind(replica.log)
    replica.log.getPointer = async () => {
      await replica.put({ _id: 'mine', n: 1 })
      return getPointer()
    }
    expect(await replica.start()).toEqual({ kind: 'none', reason: 'has-data' })
    expect(await replica.start()).toEqual({ kind: 'none', reason: 'has-data' })
    expect(await replica.all()).toEqual([{ _id: 'mine', n: 1 }])
    await replica.exchange()
    expect(await replica.all()).toHaveLength(21)
    expect(replica.errors).toEqual([])
  })

  it('where there is none, or it is of a log that was rolled back', async () => {
    const remote = new MemoryRemote()
    const empty = await TestReplica.open({ remote, seed: 2 })
    expect(await empty.start()).toEqual({ kind: 'none', reason: 'no-pointer' })
    const { remote: before, writer } = await openPublished(20)
    const after = await TestReplica.open({ remote: before, seed: 3 })
    const { read } = after.log
    after.log.read = async (...asked) => ({ ...(await read.apply(after.log, asked)), before: undefined })
    expect(await after.start()).toEqual({ kind: 'none', reason: 'other-log' })
    expect(await after.all()).toEqual([])
    expect(await writer.all()).toHaveLength(20)
  })

  it('when somebody without a grant signed it, and then another takes its place', async () => {
    const { remote, writer } = await openPublished(20)
    const stranger = await createAuthor(
      new Uint8Array(32).fill(1),
      await deriveSecrets(new Uint8Array(32).fill(2)),
    )
    await forgePointer(writer, { author: stranger })
    const replica = await TestReplica.open({ remote, seed: 2 })
    const outcome = await replica.start()
    expect(outcome).toMatchObject({ kind: 'refused', error: { code: 'CORRUPT' } })
    expect(outcome).toMatchObject({
      error: { details: { author: Buffer.from(stranger.publicKey).toString('hex') } },
    })
    expect(await replica.all()).toEqual([])
    expect((await writer.publish()).kind).toBe('published')
    expect(writer.errors).toMatchObject([{ code: 'CORRUPT' }])
    expect((await replica.start()).kind).toBe('started')
  })

  it('when its packs lack what it is made of', async () => {
    const { remote, writer } = await openPublished(20)
    await forgePointer(writer, { claim: { packs: [] } })
    const replica = await TestReplica.open({ remote, seed: 2 })
    expect(await replica.start()).toMatchObject({ kind: 'refused', error: { code: 'BLOCK_MISSING' } })
    expect(await replica.all()).toEqual([])
  })

  it('while the remote does not answer: that is not the fault of the pointer', async () => {
    const { remote } = await openPublished(20)
    const replica = await TestReplica.open({ remote, seed: 2 })
    const { getBlob } = replica.log
    replica.log.getBlob = async () => {
      throw new FirekeepError('REMOTE_UNAVAILABLE', 'the test is offline')
    }
    await expect(replica.start()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    replica.log.getBlob = getBlob
    expect((await replica.start()).kind).toBe('started')
  })
})

describe('another tab that writes at any storage call of a start', () => {
  it('loses nothing: the replica has started before, or does not', async () => {
    const { remote, writer } = await openPublished(20)
    const kinds = new Set<string>()
    for (let calls = 0, isWithin = true; isWithin; calls += stride(2)) {
      const space = createMemorySpace()
      const stepped = new SteppedSpace(space, 'starting')
      const a = await TestReplica.open({ remote, space: stepped, seed: 2 })
      const b = await TestReplica.open({ remote, space, seed: 3 })
      const end = stepped.run(() => a.start())
      isWithin = await stepped.step(calls)
      await b.ledger.refresh()
      await b.put({ _id: 'mine', n: 1 })
      await stepped.step(Number.POSITIVE_INFINITY)
      kinds.add((await end).kind)
      await a.ledger.refresh()
      expect(await a.get('mine')).toEqual({ _id: 'mine', n: 1 })
      await a.exchange()
      expect(await a.all()).toEqual([...(await writer.all()), { _id: 'mine', n: 1 }].filter(unique))
      await a.close()
      await b.close()
      await writer.exchange()
    }
    expect([...kinds].sort()).toEqual(['none', 'started'])
  })
})

/** By id: the writer has read what earlier rounds wrote. */
function unique(
  { _id }: Record<string, unknown>,
  i: number,
  all: readonly Record<string, unknown>[],
): boolean {
  return all.findIndex(each => each._id === _id) === i
}

describe.each(['before', 'after'] as const)('a crash %s any storage call of a start', when => {
  it('leaves a replica that is empty or has started, and starts at the next attempt', async () => {
    const { remote, writer } = await openPublished(20)
    let started = 0
    for (let calls = 0, isWithin = true; isWithin; calls += stride(2)) {
      const space = createMemorySpace()
      const stepped = new SteppedSpace(space, 'crashing')
      const crashing = await TestReplica.open({ remote, space: stepped, seed: 2 })
      const end = stepped.run(() => crashing.start()).catch(error => error)
      isWithin = await stepped.step(calls)
      await stepped.kill(when)
      await end
      await crashing.close().catch(() => undefined)
      const again = await TestReplica.open({ remote, space, seed: 3 })
      const outcome = await again.start()
      if (outcome.kind !== 'started') started += 1
      expect(['started', 'none']).toContain(outcome.kind)
      expect((await again.cursor()).seq).toBe((await writer.cursor()).seq)
      expect((await again.verify()).kind).toBe('verified')
      await again.exchange()
      expect(await again.all()).toEqual(await writer.all())
      await again.close()
    }
    expect(started).toBeGreaterThan(0)
  })
})
