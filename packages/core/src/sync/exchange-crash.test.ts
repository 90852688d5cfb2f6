import { beforeAll, describe, expect, it } from 'vitest'
import { stride } from '../../test/runs.js'
import type { LogPage, ReadLogOptions } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageSpace } from '../storage/storage.js'
import { copySpace } from '../testing/fixtures/copy-space.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { SteppedSpace } from '../testing/stepped-space.js'
import { newDevice, syncOnce } from './fixtures/new-device.js'
import { openRawLog } from './fixtures/open-raw-log.js'
import { idsIn, KEY, openReporting } from './fixtures/open-reporting.js'
import { WrappedRemote } from './fixtures/wrapped-remote.js'

/** Pages of two entries, so that a replica stores what it reads in several steps. */
class ShortPages extends ForwardingLog {
  override read(after: number, options?: ReadLogOptions): Promise<LogPage> {
    return super.read(after, { ...options, limit: 2 })
  }
}

const LONG = 'long '.repeat(2000)

/** What a device has before it is killed, and the log then. */
interface Scene {
  readonly space: StorageSpace
  readonly packs: readonly Uint8Array[]
}

/** A log with entries of two devices, and a third one that has documents of its own, in part folded. */
async function receivingScene(): Promise<Scene> {
  const { space, packs } = await sendingScene()
  const remote = await remoteOf(packs)
  const [a, b] = [openReporting({ seed: 11 }).db, openReporting({ seed: 12 }).db]
  for (let n = 0; n < 3; n++) {
    await a.put({ _id: `a ${n}`, text: LONG })
    await syncOnce(a, remote)
    await b.bulk([{ _id: `b ${n}` }, { _id: 'mine 1', by: 'b', n }])
    await syncOnce(b, remote)
  }
  await Promise.all([a.close(), b.close()])
  return { space, packs: await (await openRawLog(remote, KEY)).packs() }
}

/** A device that sent one commit, and has more to send. */
async function sendingScene(): Promise<Scene> {
  const space = createMemorySpace()
  const remote = new MemoryRemote()
  const { db } = openReporting({ seed: 1, space })
  await db.put({ _id: 'mine 0', text: LONG })
  await syncOnce(db, remote)
  await db.bulk([{ _id: 'mine 1', text: LONG }, { _id: 'mine 2' }])
  await db.put({ _id: 'mine 2', n: 2 })
  await db.compact()
  await db.del('mine 2')
  await db.put({ _id: 'mine 3', text: LONG })
  await db.close()
  return { space, packs: await (await openRawLog(remote, KEY)).packs() }
}

async function remoteOf(packs: readonly Uint8Array[]): Promise<MemoryRemote> {
  const remote = new MemoryRemote()
  const log = await openRawLog(remote, KEY)
  for (const pack of packs) await log.append(pack)
  return remote
}

/** Kills a device after some storage calls of an exchange; answers whether there were so many. */
async function killWithin(scene: Scene, calls: number, when: 'before' | 'after'): Promise<boolean> {
  const space = await copySpace(scene.space)
  const remote = new WrappedRemote(log => new ShortPages(log), await remoteOf(scene.packs))
  const stepped = new SteppedSpace(space, 'killed')
  const { db } = openReporting({ seed: 2, space: stepped })
  const end = stepped.run(() => db.attach(remote).synced()).catch(error => error.code)
  const isWithin = await stepped.step(calls)
  await stepped.kill(when)
  const outcome = await end
  if (isWithin) expect(['STORAGE_FAILED', 'CLOSED', undefined]).toContain(outcome)
  await db.close().catch(error => expect(error).toMatchObject({ code: 'STORAGE_FAILED' }))

  const again = openReporting({ seed: 3, space })
  const mine = ['mine 0', 'mine 1', 'mine 3']
  expect(await idsIn(again.db)).toEqual(expect.arrayContaining(mine))
  await syncOnce(again.db, remote)
  const found = await newDevice(remote)
  expect([again.reported, found.reported]).toEqual([[], []])
  expect(found.docs).toEqual((await again.db.allDocs()).docs)
  expect(found.clock).toEqual(await again.db.clock())
  expect(found.docs.map(doc => doc._id)).toEqual(expect.arrayContaining(mine))
  expect(found.docs.map(doc => doc._id)).not.toContain('mine 2')
  await again.db.close()
  return isWithin
}

let scenes: Readonly<Record<'receives' | 'sends', Scene>>

beforeAll(async () => {
  scenes = { receives: await receivingScene(), sends: await sendingScene() }
})

describe.each(['receives', 'sends'] as const)('a device that %s', kind => {
  it.each(['before', 'after'] as const)('loses nothing when it is killed %s any storage call', async when => {
    let calls = 0
    while (await killWithin(scenes[kind], calls, when)) calls += stride(2)
    expect(calls).toBeGreaterThan(kind === 'receives' ? 8 : 4)
  })
})
