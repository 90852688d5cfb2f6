import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import type { FirekeepError } from '../errors.js'
import type { LogPage, ReadLogOptions, Remote, RemoteEvent, RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { SwitchableRemote } from '../testing/switchable-remote.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { KEY, openReporting } from './fixtures/open-reporting.js'
import { WrappedRemote } from './fixtures/wrapped-remote.js'

/** A replica of the one database of a test, and its connection to the log. */
class Replica {
  readonly db: Database<AnyDocument>
  readonly link: SwitchableRemote
  readonly attachment: Attachment
  readonly reported: readonly FirekeepError[]

  constructor(log: Remote, seed: number) {
    const { db, reported } = openReporting({ seed })
    this.db = db
    this.reported = reported
    this.link = new SwitchableRemote(log)
    this.attachment = this.db.attach(this.link)
  }
}

/** Lets all replicas exchange until none has anything new. */
async function settle(replicas: readonly Replica[]): Promise<void> {
  for (let round = 0; round < 2; round++) for (const { attachment } of replicas) await attachment.synced()
}

async function stateOf({ db }: Replica): Promise<unknown> {
  const { rows, clock } = await db.allDocs({ includeDeleted: true })
  return { docs: rows.map(row => row.doc), clock, conflicts: await db.conflicts().toArray() }
}

type Step =
  | { readonly kind: 'put'; readonly at: number; readonly id: string; readonly n: number }
  | { readonly kind: 'del'; readonly at: number; readonly id: string }
  | { readonly kind: 'link'; readonly at: number; readonly isOnline: boolean }
  | { readonly kind: 'sync' | 'compact'; readonly at: number }

const at = fc.nat(2)
const id = fc.constantFrom('a', 'b', 'c')
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('put' as const), at, id, n: fc.nat() }),
    fc.record({ kind: fc.constant('del' as const), at, id }),
    fc.record({ kind: fc.constant('link' as const), at, isOnline: fc.boolean() }),
    fc.record({ kind: fc.constantFrom('sync' as const, 'compact' as const), at }),
  ),
  { maxLength: 40 },
)

async function run(step: Step, replicas: readonly Replica[]): Promise<void> {
  const { db, link, attachment } = replicas[step.at] as Replica
  if (step.kind === 'put') await db.put({ _id: step.id, n: step.n, at: step.at })
  else if (step.kind === 'del') await db.del(step.id)
  else if (step.kind === 'link') link.switch(step.isOnline)
  else if (step.kind === 'compact') await db.compact()
  else await attachment.synced().catch(error => expect(error).toMatchObject({ code: 'REMOTE_UNAVAILABLE' }))
}

describe('replicas over one log', () => {
  it('agree on clock, documents and conflicts once they are online, whatever happened apart', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async script => {
        const log = new MemoryRemote()
        const replicas = [1, 2, 3].map(seed => new Replica(log, seed))
        try {
          for (const step of script) await run(step, replicas)
          for (const { link } of replicas) link.switch(true)
          await settle(replicas)
          const [first, ...others] = await Promise.all(replicas.map(stateOf))
          for (const other of others) expect(other).toEqual(first)
        } finally {
          await Promise.all(replicas.map(({ db }) => db.close()))
        }
      }),
      { numRuns: runs(15) },
    )
  })

  it('bring a new device all there is', async () => {
    const log = new MemoryRemote()
    const a = new Replica(log, 1)
    await a.db.bulk(Array.from({ length: 500 }, (_, i) => ({ _id: `d${i}`, i })))
    for (let i = 0; i < 150; i++) await a.db.put({ _id: `e${i}`, i })
    await a.attachment.synced()
    const b = new Replica(log, 2)
    await b.attachment.synced()
    expect(await stateOf(b)).toEqual(await stateOf(a))
    await Promise.all([a.db.close(), b.db.close()])
  })

  it('bring a new device what was folded before it was sent, superseded versions and long contents too', async () => {
    const log = new MemoryRemote()
    const a = new Replica(log, 1)
    a.link.switch(false)
    const text = 'x'.repeat(5000)
    for (let n = 0; n < 5; n++)
      await a.db.bulk([{ _id: 'short', n }, { _id: 'long', n, text }, { _id: `${n}` }])
    await a.db.del('0')
    await a.db.compact()
    await a.db.put({ _id: 'short', n: 5 })
    const b = new Replica(log, 2)
    a.link.switch(true)
    await settle([a, b])
    expect(await stateOf(b)).toEqual(await stateOf(a))
    const { rows } = await b.db.changes()
    expect(rows).toEqual((await a.db.changes()).rows)
    expect(rows.length).toBe(17)
    await Promise.all([a.db.close(), b.db.close()])
  })

  it('continue where they were after a restart, and store nothing twice', async () => {
    const space = createMemorySpace()
    let entriesRead = 0
    const log = new WrappedRemote(
      log =>
        new CountingLog(log, count => {
          entriesRead += count
        }),
    )
    const open = () => openReporting({ seed: 1, space }).db
    const other = new Replica(log, 2)
    await other.db.put({ _id: 'x' })
    await other.attachment.synced()
    const first = open()
    await first.attach(log).synced()
    await first.close()
    const again = open()
    expect(entriesRead).toBeGreaterThan(0)
    entriesRead = 0
    await again.attach(log).synced()
    expect(entriesRead).toBe(0)
    expect(await (await openRawLog(log, KEY)).entries()).toHaveLength(1)
    expect(await again.has('x')).toBe(true)
    await Promise.all([again.close(), other.db.close()])
  })
})

describe('a log that lost what it had acknowledged', () => {
  it('gets it again from those who have it', async () => {
    const before = new MemoryRemote()
    const a = new Replica(before, 1)
    const b = new Replica(before, 2)
    await a.db.put({ _id: 'one' })
    await settle([a, b])
    const copy = await (await openRawLog(before, KEY)).packs()
    await a.db.put({ _id: 'two' })
    await settle([a, b])
    await a.db.close()

    const restored = new MemoryRemote()
    const log = await openRawLog(restored, KEY)
    for (const pack of copy) await log.append(pack)
    await b.attachment.detach()
    await b.db.attach(restored).synced()
    expect(b.reported).toMatchObject([{ code: 'REMOTE_ROLLED_BACK' }])

    const c = new Replica(restored, 3)
    await c.attachment.synced()
    expect(await c.db.has('two')).toBe(true)
    await Promise.all([b.db.close(), c.db.close()])
  })
})

describe('what comes in', () => {
  it('is dropped and reported when it is damaged, and the rest goes on', async () => {
    const log = new MemoryRemote()
    const a = new Replica(log, 1)
    await a.db.put({ _id: 'good' })
    await a.attachment.synced()
    const raw = await openRawLog(log, KEY)
    const [pack] = (await raw.packs()) as [Uint8Array]
    await raw.append(pack.with(-1, (pack.at(-1) as number) ^ 1))
    await raw.append(Uint8Array.of(1, 2, 3))
    await a.db.put({ _id: 'later' })
    await a.attachment.synced()

    const b = new Replica(log, 2)
    await b.attachment.synced()
    expect(b.reported).toMatchObject([{ code: 'CORRUPT' }, { code: 'CORRUPT' }])
    expect(await b.db.has('later')).toBe(true)
    await Promise.all([a.db.close(), b.db.close()])
  })

  it('is reported to who attached the remote, where he wants to hear of it', async () => {
    const log = new MemoryRemote()
    await (await openRawLog(log, KEY)).append(Uint8Array.of(1, 2, 3))
    const heard: FirekeepError[] = []
    const { db, reported } = openReporting({ seed: 1 })
    await db.attach(log, { onError: error => heard.push(error) }).synced()
    expect([heard.map(({ code }) => code), reported]).toEqual([['CORRUPT'], []])
    await db.close()
  })

  it('is dropped when it is sealed for another database', async () => {
    const log = new MemoryRemote()
    const foreignKey = new Uint8Array(32).fill(8)
    const foreign = openReporting({ seed: 2, key: foreignKey }).db
    await foreign.put({ _id: 'foreign' })
    await foreign.attach(log).synced()
    const [pack] = (await (await openRawLog(log, foreignKey)).packs()) as [Uint8Array]
    await (await openRawLog(log, KEY)).append(pack)
    const a = new Replica(log, 1)
    await a.attachment.synced()
    expect(a.reported).toMatchObject([{ code: 'CORRUPT', cause: { code: 'WRONG_KEY' } }])
    expect((await a.db.allDocs()).rows).toEqual([])
    await Promise.all([a.db.close(), foreign.close()])
  })
})

class CountingLog extends ForwardingLog {
  readonly #count: (entries: number) => void

  constructor(log: RemoteLog, count: (entries: number) => void) {
    super(log)
    this.#count = count
  }

  override async read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    const page = await super.read(after, options)
    this.#count(page.entries.length)
    return page
  }

  override follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    return super.follow(after, event => {
      if (event.kind === 'news') this.#count(event.entries.length)
      listener(event)
    })
  }
}
