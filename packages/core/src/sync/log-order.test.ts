import { describe, expect, it } from 'vitest'
import { type CID, cidToKey } from '../codec/cid.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import type { Ledger } from '../ledger/ledger.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { SwitchableRemote } from '../testing/switchable-remote.js'
import { openReporting } from './fixtures/open-reporting.js'
import { RestorableRemote } from './fixtures/restorable-remote.js'
import { LogOrder } from './log-order.js'

describe('which of some clocks stands first in a log', () => {
  it('is told by the log and not by who asks, once it was acknowledged', async () => {
    const log = new MemoryRemote()
    const [one, two] = [1, 2].map(seed => {
      const link = new SwitchableRemote(log)
      const { db } = openReporting({ seed })
      return { db, link, attachment: db.attach(link) }
    }) as [Device, Device]
    await one.attachment.synced()
    await two.attachment.synced()
    one.link.switch(false)
    const { clock: a } = await one.db.put({ _id: 'x', by: 'one' })
    const { clock: b } = await two.db.put({ _id: 'x', by: 'two' })
    expect(await one.attachment.firstOf([a])).toBeUndefined()
    expect(await one.attachment.firstOf([b, a])).toBeUndefined()
    await two.attachment.synced()
    expect(await two.attachment.firstOf([b])).toBe(0)
    one.link.switch(true)
    await one.attachment.synced()
    await two.attachment.synced()
    for (const { attachment } of [one, two]) {
      expect(await attachment.firstOf([a, b])).toBe(1)
      expect(await attachment.firstOf([b, a])).toBe(0)
      expect(await attachment.firstOf([[...a, ...b], a])).toBe(0)
    }
    await Promise.all([one.db.close(), two.db.close()])
  })

  it('puts what was read before it was attached before all that came since', async () => {
    const log = new MemoryRemote()
    const { db } = openReporting({ seed: 1 })
    const before = db.attach(log)
    const { clock: old } = await db.put({ _id: 'old' })
    await before.synced()
    await before.detach()
    const attachment = db.attach(log)
    const { clock: fresh } = await db.put({ _id: 'fresh' })
    await attachment.synced()
    expect(await attachment.firstOf([fresh, old])).toBe(1)
    expect(await attachment.firstOf([fresh])).toBe(0)
    expect(await attachment.firstOf([])).toBeUndefined()
    await db.close()
  })

  it('starts anew when the remote was rolled back', async () => {
    const remote = new RestorableRemote()
    const one = openReporting({ seed: 1 })
    const two = openReporting({ seed: 2 })
    const [left, right] = [one.db.attach(remote), two.db.attach(remote)]
    await one.db.put({ _id: 'base' })
    await left.synced()
    await right.synced()
    await remote.backUp()
    const { clock: a } = await one.db.put({ _id: 'x', by: 'one' })
    await left.synced()
    const { clock: b } = await two.db.put({ _id: 'x', by: 'two' })
    await right.synced()
    expect(await right.firstOf([b, a])).toBe(1)
    await remote.restore()
    await left.detach()
    await right.synced()
    // Whoever sends again what was lost sends it by height and CID.
    const again = one.db.attach(remote)
    await again.synced()
    const third = openReporting({ seed: 3 })
    const reader = third.db.attach(remote)
    await reader.synced()
    expect(await right.firstOf([b, a])).toBe(await reader.firstOf([b, a]))
    expect(two.reported).toMatchObject([{ code: 'REMOTE_ROLLED_BACK' }])
    await Promise.all([one.db.close(), two.db.close(), third.db.close()])
  })

  it('is refused for what is no clock, and unknown of a clock that is not here', async () => {
    const { db } = openReporting({ seed: 1 })
    const attachment = db.attach(new MemoryRemote())
    await attachment.synced()
    await expect(attachment.firstOf('x' as never)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    await expect(attachment.firstOf([['x']])).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(await attachment.firstOf([[testCid(1).toString()]])).toBeUndefined()
    await db.close()
  })
})

interface Device {
  readonly db: ReturnType<typeof openReporting>['db']
  readonly link: SwitchableRemote
  readonly attachment: ReturnType<Device['db']['attach']>
}

describe('a log order', () => {
  /** A history that has everything, of which a remote lacks nothing. */
  function createOrder(kept?: number): LogOrder {
    const view = { find: async (cid: CID) => ({ cid, key: cidToKey(cid), height: 1, parents: [] }) }
    const order = new LogOrder({ view } as unknown as Pick<Ledger, 'view'>, kept)
    order.askOf({ missing: async () => [] })
    return order
  }

  const commit = (n: number) => ({ key: cidToKey(testCid(n)) })
  const clock = (n: number) => [testCid(n).toString()]

  it('counts a commit that stands in the log twice where it stood first', async () => {
    const order = createOrder()
    order.note(1, [commit(1)])
    order.note(2, [commit(2), commit(1)])
    expect(await order.firstOf([clock(2), clock(1)])).toBe(1)
    order.note(1, [commit(3), commit(4)])
    expect(await order.firstOf([clock(4), clock(3)])).toBe(1)
  })

  it('remembers so many, and the older ones stand before them', async () => {
    const order = createOrder(2)
    for (const n of [1, 2, 3]) order.note(n, [commit(n)])
    expect(await order.firstOf([clock(3), clock(2), clock(1)])).toBe(2)
    expect(await order.firstOf([clock(3), clock(2)])).toBe(1)
  })
})
