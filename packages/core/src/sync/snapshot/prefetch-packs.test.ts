import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../../storage/memory-storage.js'
import { documents, idOf, openPublished } from './fixtures/published-remote.js'
import { TestReplica } from './fixtures/test-replica.js'

/** A published snapshot in several packs, and a replica that started from it. */
async function openStarted(options: { quota?: number; reserve?: number } = {}) {
  const { remote, writer } = await openPublished(200)
  await writer.put(...documents(200, 20))
  await writer.exchange()
  await writer.compact()
  await writer.publish()
  const space = createMemorySpace(options)
  const replica = await TestReplica.open({ remote, space, seed: 2 })
  await replica.start()
  return { remote, writer, replica, space }
}

const storedPacks = ({ store }: TestReplica) => store.storage.list('pack/')

function namedPacks({ store }: TestReplica): string[] {
  const snapshots = [...store.records.snapshots.values()]
  return snapshots.flatMap(({ packs }) => packs.map(({ name }) => `pack/${name}`)).sort()
}

describe('prefetching', () => {
  it('brings all packs, trees first, and everything can be read without a connection then', async () => {
    const { replica, writer } = await openStarted()
    const asked: string[] = []
    const { getBlob } = replica.log
    replica.log.getBlob = (name, options) => {
      asked.push(name)
      return getBlob.call(replica.log, name, options)
    }
    const told: { done: number; total: number }[] = []
    await replica.prefetch({ onProgress: progress => told.push(progress) })
    expect(await storedPacks(replica)).toEqual(namedPacks(replica))
    const [record] = replica.store.records.snapshots.values()
    const kinds = asked.map(name => record?.packs.find(pack => pack.name === name)?.kind)
    expect(kinds).toEqual([...kinds].sort().reverse())
    expect(new Set(kinds)).toEqual(new Set(['tree', 'history']))
    expect(told.at(-1)?.done).toBe(told.at(-1)?.total)
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b))
    replica.log.isOnline = false
    expect(await replica.all()).toEqual(await writer.all())
    asked.length = 0
    await replica.prefetch()
    expect(asked).toEqual([])
  })

  it('stops when it is told to, and goes on with what lacks', async () => {
    const { replica } = await openStarted()
    const stop = new AbortController()
    const stopped = replica.prefetch({
      signal: stop.signal,
      onProgress: ({ done, total }) => done > 0 && done < total && stop.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' })
    const before = await storedPacks(replica)
    await replica.prefetch()
    expect(before.length).toBeLessThan((await storedPacks(replica)).length)
    expect(await storedPacks(replica)).toEqual(namedPacks(replica))
  })

  it('takes no more room than there is, and the rest is read from the remote', async () => {
    const { replica, writer } = await openStarted({ quota: 30_000, reserve: 1000 })
    await expect(replica.prefetch()).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    expect(await replica.all()).toEqual(await writer.all())
    await replica.put({ _id: 'small', n: 1 })
    expect(await replica.get('small')).toEqual({ _id: 'small', n: 1 })
  })

  it('stores nothing that is not what its name says', async () => {
    const { replica } = await openStarted()
    const { getBlob } = replica.log
    replica.log.getBlob = async (...asked) => {
      const bytes = await getBlob.apply(replica.log, asked)
      bytes?.fill(0, 500, 501)
      return bytes
    }
    await expect(replica.prefetch()).rejects.toMatchObject({ code: 'CORRUPT' })
    replica.log.getBlob = async (...asked) => (await getBlob.apply(replica.log, asked))?.subarray(1)
    await expect(replica.prefetch()).rejects.toMatchObject({ code: 'CORRUPT' })
    expect(await storedPacks(replica)).toEqual([])
  })

  it('leaves no pack behind that a compaction replaced meanwhile', async () => {
    const { replica, writer } = await openStarted()
    await replica.put({ _id: idOf(2), n: 'mine' })
    await replica.prefetch({
      source: {
        getRange: async (name, offset, length) => {
          const bytes = await replica.log.getBlob(name, { range: { offset, length } })
          await replica.core.compactor.compact({ all: true })
          return bytes
        },
      },
    })
    expect(await storedPacks(replica)).toEqual(namedPacks(replica))
    await replica.exchange()
    await writer.exchange()
    expect(await replica.all()).toEqual(await writer.all())
  })
})

describe('a compaction', () => {
  it('reads packs that lie on the remote, and none is needed after one of all', async () => {
    const { replica, writer } = await openStarted()
    await replica.put({ _id: idOf(2), n: 'mine' }, { _id: idOf(100), n: 'mine' })
    await replica.compact()
    expect(await replica.get(idOf(2))).toEqual({ _id: idOf(2), n: 'mine' })
    await replica.core.compactor.compact({ all: true })
    replica.log.isOnline = false
    const shown = await replica.all()
    replica.log.isOnline = true
    await replica.exchange()
    await writer.exchange()
    expect(shown).toEqual(await writer.all())
  })

  it('fails without a connection, and changes nothing', async () => {
    const { replica } = await openStarted()
    await replica.put({ _id: idOf(2), n: 'mine' })
    replica.log.isOnline = false
    const failing = replica.core.compactor.compact({ all: true })
    await expect(failing).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    replica.log.isOnline = true
    await replica.compact()
    expect(await replica.get(idOf(2))).toEqual({ _id: idOf(2), n: 'mine' })
  })
})
