import { beforeAll, describe, expect, it } from 'vitest'
import { DAG_CBOR } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import { createAuthor } from '../crypto/identity.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import type { FirekeepError } from '../errors.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogEntry, Remote } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { HostileRemote, LIES, type Lie } from '../testing/hostile-remote.js'
import { LogForger } from './fixtures/log-forger.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { KEY, openReporting } from './fixtures/open-reporting.js'
import { openLogPack, sealLogPacks } from './log-pack.js'

/** A device, and what it and others ever wrote. */
class Device {
  readonly db: Database<AnyDocument>
  readonly reported: readonly FirekeepError[]
  attachment: Attachment
  /** What became of exchanges that failed. */
  readonly failures: unknown[] = []
  readonly #written: Set<string>
  readonly #own = new Map<string, string>()

  constructor(remote: Remote, seed: number, written: Set<string>) {
    const { db, reported } = openReporting({ seed })
    this.db = db
    this.reported = reported
    this.attachment = db.attach(remote)
    this.#written = written
  }

  async put(_id: string, n: number): Promise<void> {
    const doc = { _id, n }
    this.#written.add(JSON.stringify(doc))
    this.#own.set(_id, JSON.stringify(doc))
    await this.db.put(doc)
  }

  async exchange(): Promise<void> {
    await this.attachment.synced().catch((error: FirekeepError) => this.failures.push(error.code))
  }

  /** Exchanges with a log that has no end, until much of it was refused. */
  async exchangeForAWhile(): Promise<void> {
    const { length } = this.reported
    this.attachment.synced().catch(() => undefined)
    while (this.reported.length < length + 200) await new Promise(setImmediate)
  }

  async attachAgain(remote: Remote): Promise<void> {
    await this.attachment.detach()
    this.attachment = this.db.attach(remote)
  }

  /** Nothing that it shows is other than somebody wrote it, and all that it wrote last is there. */
  async assertUnharmed(): Promise<void> {
    const docs = (await this.db.allDocs()).docs.map(doc => JSON.stringify(doc))
    for (const doc of docs) expect(this.#written).toContain(doc)
    for (const doc of this.#own.values()) expect(docs).toContain(doc)
  }

  async state() {
    const { docs } = await this.db.allDocs({ includeDeleted: true })
    return { docs, clock: await this.db.clock(), conflicts: await this.db.conflicts().toArray() }
  }
}

/** What a lie may be noticed by, on any device; and what an exchange may fail with meanwhile. */
interface Expected {
  readonly reported: readonly string[]
  readonly failures: readonly string[]
}

const ROLLED_BACK = { reported: ['REMOTE_ROLLED_BACK'], failures: [] }
const EXPECTED: Readonly<Record<Lie, Expected>> = {
  replay: { reported: [], failures: [] },
  drop: ROLLED_BACK,
  reorder: ROLLED_BACK,
  fork: ROLLED_BACK,
  'roll-back': ROLLED_BACK,
  withhold: { reported: [], failures: ['REMOTE_UNAVAILABLE'] },
  'stale-pointer': { reported: [], failures: [] },
  'foreign-pack': { reported: ['CORRUPT'], failures: [] },
  'forged-commit': { reported: ['INVALID_COMMIT'], failures: [] },
  'put-in-place': { reported: ['CORRUPT'], failures: [] },
  'flip-bits': { reported: ['CORRUPT', 'REMOTE_ROLLED_BACK'], failures: ['REMOTE_UNAVAILABLE'] },
  'wrong-acknowledgement': { reported: [], failures: ['REMOTE_UNAVAILABLE'] },
  'endless-log': { reported: ['CORRUPT', 'REMOTE_ROLLED_BACK'], failures: [] },
}

let packsByLie: Partial<Record<Lie, readonly Uint8Array[]>>

beforeAll(async () => {
  const forger = await LogForger.create(KEY)
  const stranger = await LogForger.create(new Uint8Array(32).fill(8))
  const { blocks } = await forger.put('forged', { n: 0 })
  // A fork's log has the same keys and another id (scenario 26b).
  const sealer = await forger.sealer(new Uint8Array(48).fill(1))
  const slice = new TimeSlice(platformPace)
  const nothing = { seq: 0, hash: EMPTY_LOG_HASH }
  const writer = { sealer, compress: false, random: (length: number) => new Uint8Array(length), slice }
  const [ofFork] = await sealLogPacks(encodeCar([], blocks), nothing, writer)
  const { writeKey } = stranger.secrets
  const reader = await createAuthor(new Uint8Array(32).fill(1), { ...forger.secrets, writeKey })
  const forged = await forger.put('forged', { n: 1 }, { author: reader })
  packsByLie = {
    'foreign-pack': [
      await stranger.pack(...(await stranger.put('forged', { n: 2 })).blocks),
      ofFork as Uint8Array,
    ],
    'forged-commit': [await forger.pack(...forged.blocks)],
  }
})

async function codesOf(devices: readonly Device[]) {
  const all = (lists: readonly (readonly unknown[])[]) => [...new Set(lists.flat())].sort()
  return {
    reported: all(devices.map(({ reported }) => reported.map(({ code }) => code))),
    failures: all(devices.map(({ failures }) => failures)),
  }
}

describe('a remote that lies', () => {
  it.each(Object.entries(LIES) as [Lie, string][])('%s: %s', async lie => {
    const honest = new MemoryRemote()
    const remote = new HostileRemote(honest)
    const raw = await openRawLog(honest, KEY)
    const written = new Set<string>()
    const [a, b] = [new Device(remote, 1, written), new Device(remote, 2, written)]
    for (let n = 0; n < 3; n++) {
      await a.put(`a ${n}`, n)
      await a.put('both', n)
      await a.exchange()
      await b.exchange()
      await b.put(`b ${n}`, n)
      await b.exchange()
    }
    await a.exchange()
    expect([a.failures, b.failures]).toEqual([[], []])
    await a.db.compact()
    await a.exchange()
    while ((await raw.getPointer()) === undefined) await new Promise(setImmediate)

    remote.tell(lie, packsByLie[lie])
    const c = new Device(remote, 3, written)
    const devices = [a, b, c]
    for (let round = 0; round < 2; round++) {
      for (const [i, device] of devices.entries()) {
        await device.put(`late ${i}`, round)
        await (lie === 'endless-log' ? device.exchangeForAWhile() : device.exchange())
        await device.assertUnharmed()
      }
    }
    expect(await codesOf(devices)).toEqual(EXPECTED[lie])

    remote.tellTruth()
    if (lie === 'endless-log') for (const device of devices) await device.attachAgain(remote)
    for (let round = 0; round < 3; round++) for (const { attachment } of devices) await attachment.synced()
    const d = new Device(remote, 4, written)
    await d.attachment.synced()
    // Whoever met a pack in the wrong place first does not look there again: see below.
    const converging = lie === 'put-in-place' ? [a, b, d] : [...devices, d]
    const [state, ...others] = await Promise.all(converging.map(device => device.state()))
    for (const other of others) expect(other).toEqual(state)
    for (const device of [...devices, d]) await device.assertUnharmed()
    // `a` and `b` three each, one of both, and three late ones.
    expect(state?.docs.length).toBe(10)
    // What was appended honestly is the honest log still; `d` reads nothing that was not written.
    expect(d.reported.filter(({ code }) => code !== 'REMOTE_ROLLED_BACK')).toEqual([])
    await Promise.all([...devices, d].map(({ db }) => db.close()))
  })

  it('put-in-place: contents that nobody purged are missed by nobody who has them, and come back', async () => {
    const honest = new MemoryRemote()
    const remote = new HostileRemote(honest)
    const written = new Set<string>()
    const a = new Device(remote, 1, written)
    await a.put('kept', 1)
    await a.exchange()
    const forger = await LogForger.create(KEY)
    const raw = await openRawLog(honest, KEY)
    // With somebody's help who has the key: the commit stays, its content is gone.
    const { blocks, digest } = await commitsOf(await raw.entries(), forger)
    remote.tell('put-in-place', [await forger.replacement(digest, blocks)])
    const b = new Device(remote, 2, written)
    await b.exchange()
    await b.assertUnharmed()
    // Missing is never shown as something else.
    expect(['PRUNED', undefined]).toContain(await b.db.find('kept').catch(error => error.code))
    await a.exchange()
    await a.assertUnharmed()
    remote.tellTruth()
    const c = new Device(remote, 3, written)
    await c.exchange()
    expect(await c.db.get('kept')).toEqual({ _id: 'kept', n: 1 })
    await Promise.all([a, b, c].map(({ db }) => db.close()))
  })

  it('endless-log: leaves the device usable, and detaching ends it', async () => {
    const remote = new HostileRemote(new MemoryRemote())
    const a = new Device(remote, 1, new Set())
    await a.put('a', 1)
    remote.tell('endless-log')
    await a.exchangeForAWhile()
    await a.put('b', 1)
    await a.assertUnharmed()
    await a.attachment.detach()
    const { length } = a.reported
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    expect(a.reported.length).toBe(length)
    await a.db.close()
  })
})

describe('a remote that tells the truth again', () => {
  it("gives who met another entry's pack in the place of one what belongs there", async () => {
    const remote = new HostileRemote(new MemoryRemote())
    const written = new Set<string>()
    const a = new Device(remote, 1, written)
    for (const n of [1, 2]) {
      await a.put(`a ${n}`, n)
      await a.exchange()
    }
    remote.tell('put-in-place')
    const b = new Device(remote, 2, written)
    await b.exchange()
    remote.tellTruth()
    for (let i = 0; i < 3; i++) {
      await b.attachAgain(remote)
      await b.exchange()
    }
    const has = await b.db.has('a 2')
    await Promise.all([a.db.close(), b.db.close()])
    expect(has).toBe(true)
  })

  it('gives who met an entry without its contents, that nobody purged, those contents', async () => {
    const remote = new HostileRemote(new MemoryRemote())
    const written = new Set<string>()
    const a = new Device(remote, 1, written)
    await a.put('kept', 1)
    await a.exchange()
    const forger = await LogForger.create(KEY)
    const { blocks, digest } = await commitsOf(await (await openRawLog(remote, KEY)).entries(), forger)
    remote.tell('put-in-place', [await forger.replacement(digest, blocks)])
    const b = new Device(remote, 2, written)
    await b.exchange()
    remote.tellTruth()
    await b.attachAgain(remote)
    await b.exchange()
    const kept = await b.db.find('kept').catch(error => error.code)
    await Promise.all([a.db.close(), b.db.close()])
    expect(kept).toEqual({ _id: 'kept', n: 1 })
  })

  it('is believed by who noticed a second rollback before he had seen to the first', async () => {
    const remote = new HostileRemote(new MemoryRemote())
    const a = new Device(remote, 1, new Set())
    await a.put('a', 1)
    await a.exchange()
    remote.tell('endless-log')
    await a.exchangeForAWhile()
    remote.tellTruth()
    for (let i = 0; i < 5; i++) await a.exchange()
    const failures = a.failures.length
    await a.db.close()
    expect(failures).toBeLessThan(5)
  })
})

/** The commits of the first entry without their contents, and its digest. */
async function commitsOf(entries: readonly LogEntry[], forger: LogForger) {
  const [{ pack, digest }] = entries as [LogEntry]
  const { content } = await openLogPack(pack, await forger.sealer())
  return { blocks: decodeCar(content).blocks.filter(({ cid }) => cid.code === DAG_CBOR), digest }
}
