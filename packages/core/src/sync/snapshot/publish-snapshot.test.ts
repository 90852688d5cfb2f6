import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../primitives/bytes.js'
import { MemoryRemote } from '../../remotes/memory-remote.js'
import { forgePointer, withoutDocument } from './fixtures/forge-pointer.js'
import { idOf, openPublished } from './fixtures/published-remote.js'
import { TestReplica } from './fixtures/test-replica.js'

async function pointerOf({ log }: TestReplica) {
  return (await log.getPointer())?.version
}

/** Two replicas with the same commits. */
async function openTwo() {
  const { remote, writer } = await openPublished(20)
  const other = await TestReplica.open({ remote, seed: 2 })
  await other.exchange()
  await other.compact()
  return { remote, writer, other }
}

describe('publishing a snapshot', () => {
  it('sends each pack once, and the pointer last', async () => {
    const { writer } = await openPublished(20)
    const [record] = writer.store.records.snapshots.values()
    expect(writer.log.sent.sort()).toEqual(record?.packs.map(({ name }) => name).sort())
    expect(await writer.publish()).toEqual({ kind: 'kept', reason: 'up-to-date' })
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await writer.compact()
    writer.log.sent.length = 0
    writer.log.beforeSet = async () => {
      writer.log.beforeSet = async () => undefined
      throw new Error('cut')
    }
    await expect(writer.publish()).rejects.toThrow('cut')
    const sent = writer.log.sent.length
    expect(sent).toBeGreaterThan(0)
    expect((await writer.publish()).kind).toBe('published')
    expect(writer.log.sent).toHaveLength(sent)
    expect(new Set(writer.log.sent).size).toBe(sent)
  })

  it('does nothing without a snapshot, without all of the log in it, or with more than the log has', async () => {
    const remote = new MemoryRemote()
    const replica = await TestReplica.open({ remote, seed: 1 })
    await replica.put({ _id: 'a', n: 1 })
    await replica.exchange()
    expect(await replica.publish()).toEqual({ kind: 'kept', reason: 'no-snapshot' })
    await replica.compact()
    await replica.put({ _id: 'a', n: 2 })
    const early = await replica.cursor()
    await replica.exchange()
    expect(await replica.publish()).toEqual({ kind: 'kept', reason: 'not-covered' })
    await replica.put({ _id: 'a', n: 3 })
    await replica.compact()
    expect(await replica.publish()).toEqual({ kind: 'kept', reason: 'not-covered' })
    await replica.exchange()
    await replica.put({ _id: 'b', n: 1 })
    await replica.exchange()
    const outcome = await replica.publish({ cursors: [await replica.cursor(), early] })
    expect(outcome).toMatchObject({ kind: 'published', claim: { seq: early.seq } })
    const started = await TestReplica.open({ remote, seed: 2 })
    await started.start()
    expect(await started.get('a')).toEqual({ _id: 'a', n: 3 })
    expect((await started.verify()).kind).toBe('verified')
    await started.exchange()
    expect(started.view.clock).toEqual(replica.view.clock)
  })

  it('holds also where commits of others came into the log between', async () => {
    const { remote, writer, other } = await openTwo()
    const early = await writer.cursor()
    await writer.put({ _id: 'mine', n: 1 })
    await writer.compact()
    await other.put({ _id: 'theirs', n: 1 })
    await other.exchange()
    await writer.exchange()
    expect((await writer.publish({ cursors: [await writer.cursor(), early] })).kind).toBe('published')
    const replica = await TestReplica.open({ remote, seed: 3 })
    await replica.start()
    expect(await replica.get('theirs')).toBeUndefined()
    expect((await replica.verify()).kind).toBe('verified')
    await replica.exchange()
    expect(await replica.all()).toEqual(await writer.all())
  })

  it('of two clients at once leaves one of their pointers, and both can be started from', async () => {
    const { remote, writer, other } = await openTwo()
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await other.exchange()
    await Promise.all([writer.compact(), other.compact()])
    const outcomes = await Promise.all([writer.publish(), other.publish()])
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['kept', 'published'])
    expect(outcomes).toContainEqual({ kind: 'kept', reason: 'up-to-date' })
    const replica = await TestReplica.open({ remote, seed: 3 })
    expect((await replica.start()).kind).toBe('started')
    expect((await replica.verify()).kind).toBe('verified')
  })

  it('decides anew when another pointer came between, and yields to one that has more', async () => {
    const { writer, other } = await openTwo()
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await writer.compact()
    writer.log.beforeSet = async () => {
      writer.log.beforeSet = async () => undefined
      await other.exchange()
      await other.put({ _id: 'newer', n: 1 })
      await other.exchange()
      await other.compact()
      expect((await other.publish()).kind).toBe('published')
    }
    expect(await writer.publish()).toEqual({ kind: 'kept', reason: 'behind' })
    const version = await pointerOf(writer)
    await writer.exchange()
    expect(await writer.publish()).toEqual({ kind: 'kept', reason: 'not-covered' })
    await writer.compact()
    expect(await writer.publish()).toEqual({ kind: 'kept', reason: 'up-to-date' })
    expect(await pointerOf(writer)).toBe(version)
  })

  it('starts anew when a pack was dropped here meanwhile', async () => {
    const { remote, writer } = await openPublished(20)
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await writer.compact()
    const { getPointer } = writer.log
    writer.log.getPointer = async () => {
      writer.log.getPointer = getPointer
      const pointer = await getPointer.call(writer.log)
      await writer.core.compactor.erase(async () => new Map())
      return pointer
    }
    expect((await writer.publish()).kind).toBe('published')
    const replica = await TestReplica.open({ remote, seed: 3 })
    await replica.start()
    await replica.prefetch()
    expect(await replica.all()).toEqual(await writer.all())
  })

  it('sends packs again that the remote does not have, whatever was sent before', async () => {
    const writer = await TestReplica.open({ remote: new MemoryRemote(), seed: 1 })
    await writer.put({ _id: 'a', n: 1 })
    await writer.exchange()
    await writer.compact()
    const [record] = writer.store.records.snapshots.values()
    const names = record?.packs.map(({ name }) => name) ?? []
    expect((await writer.publish({ sent: new Set(names) })).kind).toBe('published')
    expect(writer.log.sent.sort()).toEqual(names.sort())
  })
})

describe('a replica with data', () => {
  it('finds a pointer that lies about the same commits, reports it, puts its own there and is not changed', async () => {
    const { remote, writer, other } = await openTwo()
    await forgePointer(other, { edits: [withoutDocument(idOf(3))] })
    const shown = await writer.all()
    expect((await writer.publish()).kind).toBe('published')
    const author = toHex(other.store.author?.publicKey as Uint8Array)
    expect(writer.errors).toMatchObject([{ code: 'CORRUPT', details: { author } }])
    expect(await writer.all()).toEqual(shown)
    const replica = await TestReplica.open({ remote, seed: 3 })
    await replica.start()
    expect((await replica.verify()).kind).toBe('verified')
  })

  it('finds one with a head that the log does not have, once it has read the log to its end', async () => {
    const { remote, writer, other } = await openTwo()
    await other.put({ _id: 'foreign', n: 1 })
    await other.compact()
    await forgePointer(other)
    const version = await pointerOf(writer)
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await writer.compact()
    const later = await TestReplica.open({ remote, seed: 4 })
    await later.exchange()
    await later.put({ _id: 'unread', n: 1 })
    await later.exchange()
    expect(await writer.publish()).toEqual({ kind: 'kept', reason: 'behind' })
    expect(await pointerOf(writer)).toBe(version)
    await writer.exchange()
    await writer.compact()
    expect((await writer.publish()).kind).toBe('published')
    expect(writer.errors).toMatchObject([{ code: 'CORRUPT' }])
    expect(await writer.get('foreign')).toBeUndefined()
  })

  it('accuses nobody of a pointer that is older than a rollback', async () => {
    const { writer, other } = await openTwo()
    await other.put({ _id: 'lost', n: 1 })
    await other.compact()
    await forgePointer(other, { claim: { hash: new Uint8Array(32) } })
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await writer.compact()
    expect((await writer.publish()).kind).toBe('published')
    expect(writer.errors).toEqual([])
  })

  it('leaves a pointer alone that was made by a newer version', async () => {
    const { writer } = await openPublished(20)
    await writer.put({ _id: 'new', n: 1 })
    await writer.exchange()
    await writer.compact()
    const { getPointer } = writer.log
    const { sealer } = await writer.checks()
    const sealed = await sealer.seal(dagCbor.encode({ v: 2 }))
    writer.log.getPointer = async () => {
      const pointer = await getPointer.call(writer.log)
      return pointer && { ...pointer, sealed }
    }
    expect(await writer.publish()).toEqual({ kind: 'kept', reason: 'newer-format' })
  })
})
