import { describe, expect, it } from 'vitest'
import { FirekeepError } from '../errors.js'
import type { LogPosition } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { seededRandom } from '../testing/seeded-random.js'
import { LogForger } from './fixtures/log-forger.js'
import { newDevice, syncOnce } from './fixtures/new-device.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { idsIn, KEY, openReporting } from './fixtures/open-reporting.js'
import { WrappedRemote } from './fixtures/wrapped-remote.js'

/** Text of some megabytes that compresses to three quarters. */
function textOf(megabytes: number): string {
  return Buffer.from(seededRandom(3)(megabytes * 0.75 * 1024 * 1024)).toString('base64')
}

describe('a commit that takes several entries', () => {
  it('of 6 MB goes through', async () => {
    const text = textOf(6)
    const remote = new MemoryRemote()
    const { db } = openReporting({ seed: 1 })
    await db.put({ _id: 'small' })
    await db.put({ _id: 'large', text })
    await syncOnce(db, remote)
    expect((await (await openRawLog(remote, KEY)).entries()).length).toBe(3)
    expect((await newDevice(remote)).docs).toEqual([{ _id: 'large', text }, { _id: 'small' }])
    await db.close()
  })

  it('whose sender is cut off in between is sent again as a whole', async () => {
    const text = textOf(3)
    const inner = new MemoryRemote()
    let appends = 0
    class BreakingLog extends ForwardingLog {
      override async append(pack: Uint8Array): Promise<LogPosition> {
        appends += 1
        if (appends > 1) throw new FirekeepError('GONE', 'the test ends it here')
        return super.append(pack)
      }
    }
    const space = createMemorySpace()
    const first = openReporting({ seed: 1, space }).db
    await first.put({ _id: 'large', text })
    const broken = new WrappedRemote(log => new BreakingLog(log), inner)
    await expect(first.attach(broken).synced()).rejects.toMatchObject({ code: 'GONE' })
    await first.close()
    expect((await newDevice(inner)).docs).toEqual([])
    const again = openReporting({ seed: 2, space }).db
    await syncOnce(again, inner)
    const found = await newDevice(inner)
    expect(found.docs).toEqual([{ _id: 'large', text }])
    expect(found.reported).toEqual([])
    await again.close()
  })

  it('whose reader closes in between is read whole later, with what stood between', async () => {
    const text = textOf(3)
    const [source, remote] = [new MemoryRemote(), new MemoryRemote()]
    const author = openReporting({ seed: 1 }).db
    await author.put({ _id: 'large', text })
    await syncOnce(author, source)
    await author.close()
    const forger = await LogForger.create(KEY)
    const raw = await openRawLog(remote, KEY)
    const space = createMemorySpace()
    for (const [i, pack] of (await (await openRawLog(source, KEY)).packs()).entries()) {
      const { db } = openReporting({ seed: 10 + i, space })
      const attachment = db.attach(remote)
      await attachment.synced()
      await raw.append(pack)
      await raw.append(await forger.pack(...(await forger.put(`between ${i}`, {})).blocks))
      await attachment.synced()
      await db.close()
    }
    const { db, reported } = openReporting({ seed: 99, space })
    await syncOnce(db, remote)
    expect(await db.get('large')).toEqual({ _id: 'large', text })
    expect((await idsIn(db)).filter(id => id.startsWith('between')).length).toBeGreaterThan(1)
    expect(reported).toEqual([])
    await db.close()
  })
})
