import { afterEach, describe, expect, it } from 'vitest'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import type { Remote } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { openReporting } from '../sync/fixtures/open-reporting.js'
import { RestorableRemote } from '../sync/fixtures/restorable-remote.js'
import { SwitchableRemote } from '../testing/switchable-remote.js'
import { Deferred } from './fixtures/deferred.js'
import { ManualTime, until } from './fixtures/manual-time.js'
import { createJobWorker } from './job-worker.js'
import type { Worker, WorkerOptions } from './worker-types.js'

const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

/** A device with its own storage, and a worker on it. */
class Device {
  readonly db: Database<AnyDocument>
  readonly link: SwitchableRemote
  readonly attachment: Attachment
  readonly time = new ManualTime()

  constructor(remote: Remote, seed: number) {
    this.db = openReporting({ seed }).db
    this.link = new SwitchableRemote(remote)
    // One that can be set back cannot be switched.
    this.attachment = this.db.attach(remote instanceof RestorableRemote ? remote : this.link)
    opened.push(this.db)
  }

  work(options: WorkerOptions): Worker {
    const jobs = createJobWorker(this.db, { attachment: this.attachment, ...options }, this.time)
    opened.unshift({ close: () => jobs.stop() })
    return jobs
  }

  claim = async (): Promise<AnyDocument | undefined> => (await this.db.find('job'))?.jobClaim
}

async function twoDevices(remote: Remote = new MemoryRemote(), seed = 1): Promise<[Device, Device]> {
  const [one, two] = [new Device(remote, seed), new Device(remote, seed + 1)]
  await one.db.put({ _id: 'job', state: 'please-run' })
  await one.attachment.synced()
  await two.attachment.synced()
  return [one, two]
}

async function settle(...devices: readonly Device[]): Promise<void> {
  await until(async () => {
    for (const { attachment } of devices) await attachment.synced()
    return new Set(await Promise.all(devices.map(async ({ db }) => String(await db.clock())))).size === 1
  })
}

async function stateOf({ db }: Device) {
  return { docs: (await db.allDocs()).docs, conflicts: await db.conflicts().toArray() }
}

describe('workers on two devices that claim the same job at the same time', () => {
  it('only the one whose claim stands first in the log runs it', async () => {
    const [one, two] = await twoDevices()
    const runs: string[] = []
    const end = new Deferred()
    const run = (name: string) => async () => {
      runs.push(name)
      await end.promise
      return { by: name }
    }
    for (const { link } of [one, two]) link.switch(false)
    const held = [holdSyncs(one), holdSyncs(two)] as const
    const first = one.work({ attachment: held[0].attachment, run: run('one') })
    const second = two.work({ attachment: held[1].attachment, run: run('two') })
    await until(async () => (await one.claim()) && (await two.claim()))
    two.link.switch(true)
    await two.attachment.synced()
    held[1].go()
    await until(() => runs.length === 1)
    one.link.switch(true)
    held[0].go()
    await until(() => first.stats.lost === 1)
    expect(runs).toEqual(['two'])
    end.resolve()
    await second.idle()
    await settle(one, two)
    expect(runs).toEqual(['two'])
    expect(await one.db.get('job')).toMatchObject({ state: 'ran-ok', by: 'two' })
    expect(await one.db.conflicts().toArray()).toEqual([])
    expect(await stateOf(one)).toEqual(await stateOf(two))
  })

  // Which claim comes first on the server that was set back is decided by their ids, so by the seeds.
  it.each([1, 3, 5, 7])(
    'scenario 27: claims in another order on a server that was set back give one result (%i)',
    async seed => {
      const remote = new RestorableRemote()
      const [one, two] = await twoDevices(remote, seed)
      await remote.backUp()
      const runs: string[] = []
      const keys = new Set<string>()
      const work = (device: Device, name: string, end: Promise<unknown>) => {
        const held = holdSyncs(device)
        const jobs = device.work({
          attachment: held.attachment,
          run: async (_, { idempotencyKey }) => {
            runs.push(name)
            keys.add(idempotencyKey)
            await end
            return { by: name }
          },
        })
        return { ...held, jobs }
      }
      const never = new Deferred()
      // This remote tells no news, so the second device claims before it hears of the first one's claim.
      const left = work(one, 'one', never.promise)
      await until(() => one.claim())
      await one.attachment.synced()
      const right = work(two, 'two', Promise.resolve())
      await until(() => two.claim())
      left.go()
      await until(() => runs.length === 1)
      await remote.restore()
      right.go()
      await until(() => right.jobs.stats.done + right.jobs.stats.lost === 1)
      never.resolve(undefined)
      await until(() => left.jobs.stats.done + left.jobs.stats.lost === 1)
      await until(async () => {
        await settle(one, two)
        return (await one.db.conflicts().toArray()).length === 0
      })
      const [shown, other] = [await stateOf(one), await stateOf(two)]
      expect(shown).toEqual(other)
      expect(shown.docs).toMatchObject([{ state: 'ran-ok', by: expect.stringMatching(runs.join('|')) }])
      expect(keys.size).toBe(1)
      const third = new Device(remote, seed + 2)
      const fresh = third.work({ run: () => void runs.push('three') })
      await third.attachment.synced()
      await fresh.idle()
      expect(runs).not.toContain('three')
    },
  )
})

describe('a worker that lost its connection while it ran a job', () => {
  it('does not run it again where another device took it over', async () => {
    const [one, two] = await twoDevices()
    const told: { by: string; fence: number }[] = []
    const failing = new Deferred()
    const left = one.work({
      lease: 1000,
      run: (_, { fence }) => {
        told.push({ by: 'one', fence })
        return failing.promise
      },
    })
    await until(() => told.length === 1 && one.time.isWaitingFor(500))
    await two.attachment.synced()
    const end = new Deferred()
    const right = two.work({
      lease: 1000,
      run: async (_, { fence }) => {
        told.push({ by: 'two', fence })
        await end.promise
        return { by: 'two' }
      },
    })
    await right.idle()
    one.link.switch(false)
    await until(() => one.attachment.status.state !== 'live')
    // It says that it is alive, and nobody hears it; then it tries once more.
    await one.time.pass(500)
    await until(async () => (await one.claim())?.turn === 2)
    failing.reject(new Error('no connection'))
    await until(() => one.time.isWaitingFor(1000))
    await one.time.pass(1000)
    await two.time.pass(1000)
    await until(() => told.length === 2)
    one.link.switch(true)
    await one.attachment.synced()
    await until(async () => {
      // In small steps: the time of the other one stands still, so that it would be taken for dead.
      await one.time.pass(50)
      return left.stats.lost === 1 || told.length > 2
    })
    expect(told).toEqual([
      { by: 'one', fence: 1 },
      { by: 'two', fence: 2 },
    ])
    end.resolve()
    await until(() => right.stats.done === 1)
    await settle(one, two)
    expect(await stateOf(one)).toMatchObject({ docs: [{ state: 'ran-ok', by: 'two' }], conflicts: [] })
    expect(await stateOf(one)).toEqual(await stateOf(two))
  })
})

describe('a worker without a connection', () => {
  it('takes nothing until it is there', async () => {
    const [one] = await twoDevices()
    one.link.switch(false)
    await until(() => one.attachment.status.state !== 'live')
    let runs = 0
    const jobs = one.work({ run: () => void runs++ })
    await one.db.put({ _id: 'other', state: 'please-run' })
    await one.time.pass(60_000)
    expect(runs).toBe(0)
    expect(await one.claim()).toBeUndefined()
    one.link.switch(true)
    await jobs.idle()
    expect(runs).toBe(2)
  })

  it('gives back what it claimed just before, when it is stopped', async () => {
    const [one] = await twoDevices()
    const { attachment } = holdSyncs(one)
    const jobs = one.work({ attachment, run: () => undefined })
    await until(() => one.claim())
    await jobs.stop()
    expect(await one.db.get('job')).toMatchObject({ state: 'please-run' })
    expect((await one.claim())?.by).toBeUndefined()
  })

  it('runs all the same where it is told to, and two results of one job become one', async () => {
    const [one, two] = await twoDevices()
    for (const { link } of [one, two]) link.switch(false)
    const keys: string[] = []
    const run = (by: string) => (_: unknown, context: { idempotencyKey: string }) => {
      keys.push(context.idempotencyKey)
      return { by }
    }
    for (const [device, by] of [
      [one, 'one'],
      [two, 'two'],
    ] as const) {
      const jobs = device.work({ offline: true, run: run(by) })
      await jobs.idle()
      await jobs.stop()
    }
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    for (const { link } of [one, two]) link.switch(true)
    await settle(one, two)
    expect(await one.db.conflicts().toArray()).toHaveLength(1)
    // Whoever looks at it next mends it.
    await one.work({ run: run('again') }).idle()
    await settle(one, two)
    expect(await one.db.conflicts().toArray()).toEqual([])
    expect(keys).toHaveLength(2)
    expect(await stateOf(one)).toEqual(await stateOf(two))
  })
})

/** An attachment that seems connected and whose `synced` waits for the word of a test. */
function holdSyncs({ attachment }: Device): { readonly attachment: Attachment; go(): void } {
  const word = new Deferred()
  const synced = async () => {
    await word.promise
    await attachment.synced()
  }
  const status = { get: () => ({ ...attachment.status, state: 'live' }) }
  const held = Object.create(attachment, { synced: { value: synced }, status }) as Attachment
  return { attachment: held, go: () => word.resolve() }
}
