import { describe, expect, it } from 'vitest'
import { encodeCar } from '../codec/car.js'
import { FirekeepError } from '../errors.js'
import { advanceLogHash, EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogPage, LogPosition, ReadLogOptions, RemoteEvent, RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { Storage, StorageSpace } from '../storage/storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { LogForger } from './fixtures/log-forger.js'
import { newDevice, syncOnce } from './fixtures/new-device.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { idsIn, KEY, openReporting } from './fixtures/open-reporting.js'
import { WrappedRemote } from './fixtures/wrapped-remote.js'

/** The storage of the one database in a space. */
async function dataOf(space: StorageSpace): Promise<Storage> {
  const [id] = (await space.list()).filter(each => each !== 'keys')
  return space.open(id as string)
}

/** Counts the packs and digests that are fetched, and tells no news. */
class QuietLog extends ForwardingLog {
  readonly #count: { packs: number; digests: number }

  constructor(log: RemoteLog, count = { packs: 0, digests: 0 }) {
    super(log)
    this.#count = count
  }

  override async read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    const page = await super.read(after, options)
    this.#count.packs += page.entries.length
    return page
  }

  override async digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const digests = await super.digests(after, limit, signal)
    this.#count.digests += digests.length
    return digests
  }

  override follow(_after: number, _listener: (event: RemoteEvent) => void): () => void {
    return () => undefined
  }
}

const keys = (count: number) => Array.from({ length: count }, (_, i) => `d${String(i).padStart(3, '0')}`)

describe('what is sent follows from the history', () => {
  it('scenario 21: 101 puts offline, automatic compaction, then attach: all 101 arrive', async () => {
    const space = createMemorySpace()
    const { db } = openReporting({ seed: 1, space })
    for (const _id of keys(101)) await db.put({ _id, by: 'offline' })
    const data = await dataOf(space)
    // One snapshot record and what was written after it.
    while ((await data.list('state/')).length > 10) await new Promise(setImmediate)
    const remote = new MemoryRemote()
    await syncOnce(db, remote)
    const found = await newDevice(remote)
    expect(found.docs.map(doc => doc._id)).toEqual(keys(101))
    expect(found.clock).toEqual(await db.clock())
    expect(found.reported).toEqual([])
    // Few entries: commits that wait together go together.
    expect((await (await openRawLog(remote, KEY)).entries()).length).toBe(1)
    await db.close()
  })

  it('what came from one remote goes to another, and comes back to nobody twice', async () => {
    const [one, two] = [new MemoryRemote('one'), new MemoryRemote('two')]
    const [a, b] = [openReporting({ seed: 1 }).db, openReporting({ seed: 2 }).db]
    await a.put({ _id: 'a' })
    await syncOnce(a, one)
    await syncOnce(b, one)
    await b.put({ _id: 'b' })
    await syncOnce(b, two)
    await syncOnce(a, two)
    await syncOnce(a, one)
    expect((await newDevice(one)).docs).toEqual((await newDevice(two)).docs)
    expect(await idsIn(a)).toEqual(['a', 'b'])
    const lengths = await Promise.all(
      [one, two].map(async log => (await (await openRawLog(log, KEY)).entries()).length),
    )
    expect(lengths).toEqual([2, 1])
    await Promise.all([a.close(), b.close()])
  })

  it('what was appended from here is read back by digests only', async () => {
    const count = { packs: 0, digests: 0 }
    const remote = new WrappedRemote(log => new QuietLog(log, count))
    const { db } = openReporting({ seed: 1 })
    const attachment = db.attach(remote)
    for (let n = 0; n < 5; n++) {
      await db.put({ _id: 'a', n })
      await attachment.synced()
    }
    expect(count).toEqual({ packs: 0, digests: 5 })
    expect(attachment.status).toMatchObject({ pending: 0, acked: await db.clock() })
    await db.close()
  })
})

describe('only reading moves the cursor', () => {
  it('scenario 24: an append acknowledged between two reads leaves nothing out', async () => {
    const forger = await LogForger.create(KEY)
    const foreign = await forger.pack(...(await forger.put('foreign', {})).blocks)
    /** Somebody else is a moment faster, and nobody tells of it. */
    class OvertakenLog extends QuietLog {
      override async append(pack: Uint8Array): Promise<LogPosition> {
        await this.log.append(foreign)
        return this.log.append(pack)
      }
    }
    const remote = new WrappedRemote(log => new OvertakenLog(log))
    const space = createMemorySpace()
    const { db } = openReporting({ seed: 1, space })
    const attachment = db.attach(remote)
    await attachment.synced()
    await db.put({ _id: 'mine' })
    await attachment.synced()
    expect(await idsIn(db)).toEqual(['foreign', 'mine'])
    expect((await (await openRawLog(remote, KEY)).entries()).length).toBe(2)
    await db.close()
    const again = openReporting({ seed: 2, space }).db
    await syncOnce(again, remote)
    expect(await idsIn(again)).toEqual(['foreign', 'mine'])
    expect((await (await openRawLog(remote, KEY)).entries()).length).toBe(2)
    await again.close()
  })

  it('what was acknowledged and not read back is known after a restart without being sent again', async () => {
    const inner = new MemoryRemote()
    let isGone = false
    /** Acknowledges, then is gone. */
    class GoneAfterAppend extends QuietLog {
      override async append(pack: Uint8Array): Promise<LogPosition> {
        const position = await super.append(pack)
        isGone = true
        return position
      }

      override async digests(after: number, limit: number): Promise<readonly Uint8Array[]> {
        if (isGone) throw new FirekeepError('REMOTE_UNAVAILABLE', 'cut off')
        return super.digests(after, limit)
      }

      override async read(after: number, options?: ReadLogOptions): Promise<LogPage> {
        if (isGone) throw new FirekeepError('REMOTE_UNAVAILABLE', 'cut off')
        return super.read(after, options)
      }
    }
    const space = createMemorySpace()
    const first = openReporting({ seed: 1, space }).db
    await first.put({ _id: 'a' })
    const cut = new WrappedRemote(log => new GoneAfterAppend(log), inner)
    await expect(first.attach(cut).synced()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    await first.close()
    const again = openReporting({ seed: 2, space }).db
    await syncOnce(again, inner)
    expect((await (await openRawLog(inner, KEY)).entries()).length).toBe(1)
    expect((await newDevice(inner)).docs).toEqual([{ _id: 'a' }])
    await again.close()
  })

  it('it is stored with new commits, or when many known entries were passed', async () => {
    const count = { packs: 0, digests: 0 }
    const remote = new WrappedRemote(log => new QuietLog(log, count))
    const space = createMemorySpace()
    const first = openReporting({ seed: 1, space }).db
    const attachment = first.attach(remote)
    for (let n = 0; n < 260; n++) {
      await first.put({ _id: 'a', n })
      await attachment.synced()
    }
    await first.close()
    count.packs = 0
    const again = openReporting({ seed: 2, space }).db
    await syncOnce(again, remote)
    expect(count.packs).toBe(260 - 256)
    expect((await (await openRawLog(remote, KEY)).entries()).length).toBe(260)
    await again.close()
  })

  it('a damaged one is reported; the log is read again and nothing is sent twice', async () => {
    const remote = new MemoryRemote()
    const [a, b] = [openReporting({ seed: 1 }).db, openReporting({ seed: 2 })]
    await a.put({ _id: 'a' })
    await syncOnce(a, remote)
    const space = createMemorySpace()
    const first = openReporting({ seed: 3, space }).db
    await syncOnce(first, remote)
    await first.put({ _id: 'mine' })
    await first.close()
    const data = await dataOf(space)
    const [entry] = await data.getAll('remote/')
    if (entry === undefined) throw new Error('no cursor is stored')
    const [key, value] = entry
    await data.batch([[key, value.with(-1, (value.at(-1) as number) ^ 1)]], [])
    await data.close()
    const again = openReporting({ seed: 4, space })
    await syncOnce(again.db, remote)
    expect(again.reported).toMatchObject([{ code: 'CORRUPT' }])
    expect((await (await openRawLog(remote, KEY)).entries()).length).toBe(2)
    await syncOnce(b.db, remote)
    expect(await idsIn(b.db)).toEqual(['a', 'mine'])
    await Promise.all([a.close(), b.db.close(), again.db.close()])
  })
})

describe('a log that is not the same for all', () => {
  it('scenario 23: is noticed when one pack crosses, told once, and costs nothing', async () => {
    const [forA, forB] = [new MemoryRemote(), new MemoryRemote()]
    const [a, b] = [openReporting({ seed: 1 }), openReporting({ seed: 2 })]
    const [left, right] = [a.db.attach(forA), b.db.attach(forB)]
    for (let n = 0; n < 3; n++) {
      await a.db.put({ _id: 'a', n })
      await left.synced()
      await b.db.put({ _id: 'b', n })
      await right.synced()
    }
    const [rawA, rawB] = [await openRawLog(forA, KEY), await openRawLog(forB, KEY)]
    const packs = await rawA.packs()
    // The first one knew of nothing before it, so it fits anywhere.
    await rawB.append(packs[0] as Uint8Array)
    await right.synced()
    expect(b.reported).toEqual([])
    for (const pack of packs.slice(1)) await rawB.append(pack)
    await right.synced()
    expect(b.reported).toMatchObject([
      { code: 'REMOTE_ROLLED_BACK', message: expect.stringContaining('differently') },
    ])
    expect((await b.db.allDocs()).docs).toEqual([
      { _id: 'a', n: 2 },
      { _id: 'b', n: 2 },
    ])
    expect((await rawB.entries()).length).toBe(6)
    expect(right.status.state).toBe('live')
    await Promise.all([a.db.close(), b.db.close()])
  })

  it('is told apart from one where somebody was slow: what he had read is a part of it', async () => {
    const remote = new MemoryRemote()
    const forger = await LogForger.create(KEY)
    const { db, reported } = openReporting({ seed: 1 })
    const attachment = db.attach(remote)
    await attachment.synced()
    const raw = await openRawLog(remote, KEY)
    let seen: LogPosition = { seq: 0, hash: EMPTY_LOG_HASH }
    for (let n = 0; n < 4; n++) {
      await db.put({ _id: 'a', n })
      await attachment.synced()
      const pack = await forger.pack(...(await forger.put(`slow ${n}`, {})).blocks)
      if (n === 1) {
        const [digest] = (await raw.digests(0, 1)) as [Uint8Array]
        seen = { seq: 1, hash: advanceLogHash(EMPTY_LOG_HASH, digest) }
      }
      const late = await forger.packs(encodeCar([], (await forger.put(`late ${n}`, {})).blocks), seen)
      await raw.append(pack)
      await raw.append(late[0] as Uint8Array)
      await attachment.synced()
    }
    expect(reported).toEqual([])
    expect((await idsIn(db)).length).toBe(9)
    await db.close()
  })
})

describe('two tabs over one storage', () => {
  it('take turns with one cursor: nothing is lost, and nothing of what both have is sent twice', async () => {
    const space = createMemorySpace()
    const remote = new MemoryRemote()
    const other = openReporting({ seed: 9 }).db
    const tabs = [1, 2].map(seed => {
      const { db, reported } = openReporting({ seed, space: new HookedSpace(space, `tab ${seed}`) })
      return { db, reported, attachment: db.attach(remote) }
    })
    const elsewhere = other.attach(remote)
    for (let round = 0; round < 6; round++) {
      const [first, second] = round % 2 ? tabs : tabs.toReversed()
      await first?.db.put({ _id: `first ${round}` })
      await second?.db.put({ _id: `second ${round}` })
      await other.put({ _id: `other ${round}` })
      await Promise.all([first?.attachment.synced(), elsewhere.synced()])
      await second?.attachment.synced()
    }
    for (const { attachment } of tabs) await attachment.synced()
    await elsewhere.synced()
    const docs = (await other.allDocs()).docs
    expect(docs.length).toBe(18)
    for (const { db, reported } of tabs) {
      expect((await db.allDocs()).docs).toEqual(docs)
      expect(reported).toEqual([])
    }
    expect((await newDevice(remote)).docs).toEqual(docs)
    await Promise.all([...tabs.map(({ db }) => db.close()), other.close()])
  })
})
