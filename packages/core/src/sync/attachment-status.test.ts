import { describe, expect, it } from 'vitest'
import { FirekeepError, type FirekeepErrorCode } from '../errors.js'
import type {
  LogAccess,
  LogPage,
  LogPosition,
  ReadLogOptions,
  Remote,
  RemoteLog,
} from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { HookedSpace } from '../testing/fixtures/hooked-space.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { SwitchableRemote } from '../testing/switchable-remote.js'
import { ManualDelay } from './fixtures/manual-delay.js'
import { syncOnce } from './fixtures/new-device.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { KEY, openReporting } from './fixtures/open-reporting.js'
import { StatusLog } from './fixtures/status-log.js'
import { WrappedRemote } from './fixtures/wrapped-remote.js'

/** Pages of two entries. */
class ShortPages extends ForwardingLog {
  override read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    return super.read(after, { ...options, limit: 2 })
  }
}

/** A log that refuses to take or to give, for as long as a test says. */
class RefusingRemote extends WrappedRemote {
  append: FirekeepError | undefined
  read: FirekeepError | undefined
  /** Appends are never answered. */
  hangs = false

  constructor() {
    super(
      log =>
        new RefusingLog(log, verb => {
          const error = this[verb]
          if (error !== undefined) throw error
          return verb === 'append' && this.hangs
        }),
    )
  }
}

class RefusingLog extends ForwardingLog {
  readonly #check: (verb: 'append' | 'read') => boolean

  /** `check` answers whether the call hangs. */
  constructor(log: RemoteLog, check: (verb: 'append' | 'read') => boolean) {
    super(log)
    this.#check = check
  }

  override async append(pack: Uint8Array): Promise<LogPosition> {
    if (this.#check('append')) await new Promise(() => undefined)
    return super.append(pack)
  }

  override async read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    this.#check('read')
    return super.read(after, options)
  }
}

function refusal(code: FirekeepErrorCode, details = {}): FirekeepError {
  return new FirekeepError(code, `refused with ${code}`, { details })
}

/** The wait before commits are counted that wait to be sent. */
function isCount(milliseconds: number): boolean {
  return milliseconds < 500
}

async function filledRemote(): Promise<MemoryRemote> {
  const remote = new MemoryRemote()
  const { db } = openReporting({ seed: 50 })
  for (let n = 0; n < 7; n++) {
    await db.put({ _id: `there ${n}` })
    await syncOnce(db, remote)
  }
  await db.close()
  return remote
}

function openManually(seed: number, space = createMemorySpace()) {
  const time = new ManualDelay()
  return { ...openReporting({ seed, space, delay: time.delay }), time }
}

describe('the status of an attachment', () => {
  it('goes from offline over connecting and catching-up to live, and tells how far it is', async () => {
    const remote = new WrappedRemote(log => new ShortPages(log), await filledRemote())
    const { db } = openManually(1)
    await db.put({ _id: 'mine' })
    const attachment = db.attach(remote)
    const log = new StatusLog(attachment)
    expect(attachment.status).toMatchObject({ state: 'offline', isDetached: false, pending: 0, acked: [] })
    await log.reaches('live')
    expect(log.states).toEqual(['offline', 'connecting', 'catching-up', 'live'])
    const progress = log.statuses.flatMap(status => (status.state === 'catching-up' ? status.progress : []))
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).toSorted())
    expect(progress.at(0)).toEqual({ done: 2, total: 7 })
    expect(progress.every(({ done, total }) => done < total && total === 7)).toBe(true)
    expect(attachment.status).toMatchObject({ pending: 0, acked: await db.clock(), role: 'leader' })
    await db.close()
  })

  it('is the same object while nothing changes', async () => {
    const { db } = openManually(1)
    await db.put({ _id: 'a' })
    const attachment = db.attach(new MemoryRemote())
    const log = new StatusLog(attachment)
    await log.reaches('live')
    const { status } = attachment
    await attachment.synced()
    await attachment.synced()
    expect(attachment.status).toBe(status)
    const told = log.statuses.length
    expect(new Set(log.statuses).size).toBe(told)
    await db.close()
  })

  it('falls to offline when the connection is lost, counts what waits, and comes back by itself', async () => {
    const link = new SwitchableRemote(new MemoryRemote())
    const { db, time } = openManually(1)
    await db.put({ _id: 'a' })
    const attachment = db.attach(link)
    const log = new StatusLog(attachment)
    await log.reaches('live')
    const acked = await db.clock()
    log.clear()
    link.switch(false)
    const lost = await log.reaches('offline')
    expect(lost).toMatchObject({ isDetached: false, retryAt: expect.any(Number), pending: 0 })
    for (const n of [1, 2, 3]) await db.put({ _id: 'a', n })
    time.end(isCount)
    await log.until(({ pending }) => pending === 3)
    expect(attachment.status.acked).toEqual(acked)
    log.clear()
    link.switch(true)
    await log.until(({ state, pending }) => state === 'live' && pending === 0)
    expect(log.states.slice(0, 1)).toEqual(['connecting'])
    expect(attachment.status.acked).toEqual(await db.clock())
    await db.close()
  })

  it('tries again after growing waits from half a second to a minute, while nothing is reached', async () => {
    const remote = new RefusingRemote()
    remote.read = refusal('REMOTE_UNAVAILABLE')
    const { db, time, reported } = openManually(1)
    const log = new StatusLog(db.attach(remote))
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      await log.until(status => status.state === 'offline' && status.retryAt !== undefined)
      while (!time.waits.some(each => each >= 500)) await new Promise(setImmediate)
      waits.push(Math.max(...time.waits))
      log.clear()
      time.end()
      await log.reaches('connecting')
    }
    for (const [i, wait] of waits.entries()) {
      const ceiling = Math.min(60_000, 1000 * 2 ** i)
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2)
      expect(wait).toBeLessThanOrEqual(ceiling)
    }
    await log.reaches('offline')
    remote.read = undefined
    time.end()
    await log.reaches('live')
    expect(reported).toEqual([])
    await db.close()
  })

  it.each([
    ['too-large', {}],
    ['remote-full', { limit: 'database' }],
  ])(
    'pauses with %s when the remote refuses what it is sent, and goes on when it takes it',
    async (reason, details) => {
      const remote = new RefusingRemote()
      const { db, reported } = openManually(1)
      await db.put({ _id: 'a' })
      remote.append = refusal('LIMIT_EXCEEDED', details)
      const attachment = db.attach(remote)
      const log = new StatusLog(attachment)
      expect(await log.reaches('paused')).toMatchObject({ reasons: [reason] })
      await expect(attachment.synced()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
      // What others write still arrives.
      const other = openReporting({ seed: 2 }).db
      remote.append = undefined
      await other.put({ _id: 'b' })
      await syncOnce(other, remote.remote)
      remote.append = refusal('LIMIT_EXCEEDED', details)
      await attachment.synced().catch(() => undefined)
      expect(await db.has('b')).toBe(true)
      remote.append = undefined
      await attachment.synced()
      expect(attachment.status).toMatchObject({ state: 'live', pending: 0 })
      expect(reported).toEqual([])
      await Promise.all([db.close(), other.close()])
    },
  )

  it('counts what waits also while it is paused or in error from the start', async () => {
    const remote = new RefusingRemote()
    remote.append = refusal('LIMIT_EXCEEDED')
    const { db, time } = openManually(1)
    await db.put({ _id: 'a' })
    const log = new StatusLog(db.attach(remote))
    await log.reaches('paused')
    for (let i = 0; i < 10; i++) {
      time.end(isCount)
      await new Promise(setImmediate)
    }
    expect(log.statuses.at(-1)).toMatchObject({ state: 'paused', pending: 1 })
    await db.close()
  })

  it('pauses for as long as the remote asks to wait, and goes on by itself', async () => {
    const remote = new RefusingRemote()
    remote.append = refusal('LIMIT_EXCEEDED', { retryAfter: 7000 })
    const { db, time } = openManually(1)
    await db.put({ _id: 'a' })
    const log = new StatusLog(db.attach(remote))
    expect(await log.reaches('paused')).toMatchObject({ reasons: ['rate-limited'] })
    await new Promise(setImmediate)
    expect(Math.max(...time.waits)).toBeGreaterThan(6900)
    remote.append = undefined
    time.end()
    expect(await log.reaches('live')).toMatchObject({ acked: await db.clock() })
    await db.close()
  })

  it.each(['GONE', 'UNAUTHORIZED', 'FORBIDDEN'] as const)(
    'is an error with %s, told once each time',
    async code => {
      const remote = new RefusingRemote()
      remote.read = refusal(code)
      const { db, reported, time } = openManually(1)
      await db.put({ _id: 'a' })
      const log = new StatusLog(db.attach(remote))
      const status = await log.reaches('error')
      expect(status).toMatchObject({ code, message: `refused with ${code}` })
      expect(reported).toMatchObject([{ code }])
      // Nothing mends a deleted database; somebody may mend rights, so those are tried again, but not soon.
      await new Promise(setImmediate)
      const late = time.waits.filter(wait => wait >= 59_000)
      expect(late.length).toBe(code === 'GONE' ? 0 : 1)
      await db.put({ _id: 'b' })
      expect(await db.has('b')).toBe(true)
      await db.close()
    },
  )

  it('is an error with GONE when the database is deleted there while it is attached', async () => {
    const remote = new MemoryRemote()
    const { db, reported } = openManually(1)
    await db.put({ _id: 'a' })
    const attachment = db.attach(remote)
    const log = new StatusLog(attachment)
    await log.reaches('live')
    await (await openRawLog(remote, KEY)).delete()
    expect(await log.reaches('error')).toMatchObject({ code: 'GONE' })
    await expect(attachment.synced()).rejects.toMatchObject({ code: 'GONE' })
    expect(reported[0]).toMatchObject({ code: 'GONE' })
    expect(await db.has('a')).toBe(true)
    await db.close()
  })

  it('pauses while the storage of this device refuses, and goes on when it takes what comes', async () => {
    let isFull = false
    const space = new HookedSpace(createMemorySpace(), 'full', async ({ write }) => {
      if (isFull) throw new FirekeepError('QUOTA_EXCEEDED', 'the test says that it is full')
      return write()
    })
    const { db, time } = openManually(1, space)
    await db.put({ _id: 'a' })
    isFull = true
    const log = new StatusLog(db.attach(await filledRemote()))
    expect(await log.reaches('paused')).toMatchObject({ reasons: ['storage-full'] })
    isFull = false
    while (time.waits.length === 0) await new Promise(setImmediate)
    time.end()
    await log.reaches('live')
    expect(await db.has('there 6')).toBe(true)
    await db.close()
  })

  it('says so when an exchange that somebody asked for fails, and tries again by itself', async () => {
    const remote = new RefusingRemote()
    const { db, time } = openManually(1)
    const attachment = db.attach(remote)
    const log = new StatusLog(attachment)
    await log.reaches('live')
    remote.read = refusal('REMOTE_UNAVAILABLE')
    await expect(attachment.synced()).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' })
    expect(attachment.status).toMatchObject({ state: 'offline', retryAt: expect.any(Number) })
    remote.read = undefined
    time.end()
    await log.reaches('live')
    await db.close()
  })
})

describe('attaching and detaching', () => {
  it('the same remote twice shares one exchange, which ends with the last of them', async () => {
    let opened = 0
    const inner = new MemoryRemote()
    const remote: Remote = {
      id: inner.id,
      open: async (access: LogAccess) => {
        opened += 1
        return inner.open(access)
      },
    }
    const { db } = openManually(1)
    const [first, second] = [db.attach(remote), db.attach(remote)]
    await Promise.all([first.synced(), second.synced()])
    expect(opened).toBe(1)
    expect(second.status).toBe(first.status)
    await first.detach()
    expect(second.status.state).toBe('live')
    await db.put({ _id: 'a' })
    await second.synced()
    expect(await (await openRawLog(inner, KEY)).entries()).toHaveLength(1)
    await second.detach()
    expect(second.status).toMatchObject({ state: 'offline', isDetached: true })
    await db.put({ _id: 'b' })
    await expect(second.synced()).rejects.toMatchObject({ code: 'CLOSED' })
    const third = db.attach(remote)
    await third.synced()
    expect(opened).toBe(2)
    expect(await (await openRawLog(inner, KEY)).entries()).toHaveLength(2)
    await db.close()
  })

  it('tries a first start that failed again', async () => {
    let failures = 2
    const inner = new MemoryRemote()
    const remote: Remote = {
      id: inner.id,
      open: async (access: LogAccess) => {
        if (failures-- > 0) throw refusal('REMOTE_UNAVAILABLE')
        return inner.open(access)
      },
    }
    const { db } = openReporting({ seed: 1 })
    await db.put({ _id: 'a' })
    const log = new StatusLog(db.attach(remote))
    await log.reaches('live')
    expect(await (await openRawLog(inner, KEY)).entries()).toHaveLength(1)
    await db.close()
  })

  it('a share twice gives up one share only', async () => {
    const { db } = openManually(1)
    const remote = new MemoryRemote()
    const [first, second] = [db.attach(remote), db.attach(remote)]
    await second.synced()
    await first.detach()
    await first.detach()
    const { state } = second.status
    await db.close()
    expect(state).toBe('live')
  })

  it('counts what waits while the remote takes it and does not answer', async () => {
    const remote = new RefusingRemote()
    const { db, time } = openManually(1)
    const attachment = db.attach(remote)
    const log = new StatusLog(attachment)
    await log.reaches('live')
    remote.hangs = true
    await db.put({ _id: 'a' })
    while (!time.waits.some(isCount)) await new Promise(setImmediate)
    time.end(isCount)
    expect(await log.until(({ pending }) => pending === 1)).toMatchObject({ state: 'live' })
    await db.close()
  })

  it('detaches while the remote does not answer, and what waited hears CLOSED', async () => {
    for (const verb of ['read', 'append', 'digests'] as const) {
      let isCalled = false
      const hanging = new WrappedRemote(
        log =>
          new HangingLog(log, verb, () => {
            isCalled = true
          }),
      )
      const { db } = openManually(1)
      await db.put({ _id: 'a' })
      const attachment = db.attach(hanging)
      const waiting = attachment.synced().catch(error => error.code)
      while (!isCalled) await new Promise(setImmediate)
      await attachment.detach()
      expect(await waiting).toBe('CLOSED')
      expect(attachment.status).toMatchObject({ state: 'offline', isDetached: true })
      await db.close()
    }
  })

  it('detaches while the log is about to be opened', async () => {
    const hanging = new WrappedRemote(log => new HangingLog(log, 'read', () => undefined))
    const { db } = openManually(1)
    await db.put({ _id: 'a' })
    let isDetached = false
    let open = (): void => undefined
    const opening = new Promise<void>(resolve => {
      open = resolve
    })
    const attachment = db.attach({
      id: 'slow',
      open: async access => {
        await opening
        return hanging.open(access)
      },
    })
    await new StatusLog(attachment).reaches('connecting')
    void attachment.detach().then(() => {
      isDetached = true
    })
    open()
    for (let i = 0; i < 50; i++) await new Promise(setImmediate)
    expect(isDetached).toBe(true)
    await db.close()
  })
})

/** A verb answers only when the log is closed or the signal fires. */
class HangingLog extends ForwardingLog {
  #end: () => void = () => undefined

  constructor(log: RemoteLog, verb: 'read' | 'append' | 'digests', onCall: () => void) {
    super(log)
    const closed = new Promise<void>(resolve => {
      this.#end = resolve
    })
    const hang = async () => {
      onCall()
      await closed
      throw refusal('ABORTED')
    }
    Object.assign(this, { [verb]: hang })
  }

  override close(): void {
    this.#end()
    super.close()
  }
}
