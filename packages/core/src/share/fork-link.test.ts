import { describe, expect, it } from 'vitest'
import { readAll, rootsOf } from '../database/fixtures/forks.js'
import { fromBase32 } from '../primitives/bytes.js'
import type { LogAccess, Remote } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { SharingDevice } from './fixtures/sharing-device.js'

/** A base and a fork of it on one device, attached to one remote, and links to both. */
async function shared(remote: Remote = new MemoryRemote()) {
  const device = new SharingDevice(1)
  const base = device.firekeep('base')
  await base.put({ _id: 'a', n: 1 })
  await base.compact()
  const fork = await base.fork('draft')
  await fork.put({ _id: 'b', n: 2 })
  const attached = [base.attach(remote), fork.attach(remote)]
  await Promise.all(attached.map(each => each.synced()))
  const [toBase, toFork] = [await device.share('base', 'write'), await device.share('draft', 'write')]
  const close = async () => {
    await Promise.all([base.close(), fork.close()])
  }
  return { base, fork, toBase, toFork, close }
}

describe('a link to a fork', () => {
  it('leads to the fork, beside its base, on another device', async () => {
    const remote = new MemoryRemote()
    const { base, fork, toBase, toFork, close } = await shared(remote)
    const other = new SharingDevice(2)
    const options = { attach: true, remote: () => remote }
    const [hereBase, hereFork] = [
      await other.openLink(toBase, options),
      await other.openLink(toFork, options),
    ]
    for (const [here, there] of [
      [hereBase, base],
      [hereFork, fork],
    ] as const) {
      await here.attach(remote).synced()
      expect(await readAll(here)).toEqual(await readAll(there))
      expect((await here.identity()).fork).toBe((await there.identity()).fork)
      expect(await here.clock()).toEqual(await there.clock())
    }
    expect(hereFork.name).not.toBe(hereBase.name)
    await hereFork.put({ _id: 'c', n: 3 })
    await hereFork.attach(remote).synced()
    await fork.attach(remote).synced()
    expect(await readAll(fork)).toEqual({ a: 1, b: 2, c: 3 })
    expect(await readAll(base)).toEqual({ a: 1 })
    expect(await readAll(await other.openLink(toFork, { name: 'whatever' }))).toEqual({ a: 1, b: 2, c: 3 })
    await expect(other.openLink(toFork, { name: hereBase.name })).resolves.toMatchObject({
      name: hereFork.name,
    })
    await base.mergeFrom(fork)
    await base.attach(remote).synced()
    await hereBase.attach(remote).synced()
    await Promise.all([hereBase.compact(), hereFork.compact()])
    expect(await rootsOf(hereBase)).toEqual(await rootsOf(hereFork))
    await Promise.all([hereBase.close(), hereFork.close(), close()])
  })

  it('is refused under the name of the base, where this device does not have the fork', async () => {
    const { toBase, toFork, close } = await shared()
    const other = new SharingDevice(2)
    const here = await other.openLink(toBase, { name: 'notes' })
    await expect(other.openLink(toFork, { name: 'notes' })).rejects.toMatchObject({
      code: 'DATABASE_MISMATCH',
    })
    await Promise.all([here.close(), close()])
  })
})

describe('a server that appends the packs of a fork to the log of its base', () => {
  it('is noticed, and nothing of them is taken in', async () => {
    const remote = new MemoryRemote()
    const { fork, toBase, close } = await shared(remote)
    const { database, fork: nonce } = await fork.identity()
    const access = (logId: string) => ({ logId }) as LogAccess
    const from = await remote.open(access(`${database}.${nonce}`))
    const to = await remote.open(access(database))
    expect(fromBase32(nonce as string)).toHaveLength(16)
    await close()
    const { entries } = await from.read(0)
    for (const { pack } of entries) await to.append(pack)
    const other = new SharingDevice(2)
    const here = await other.openLink(toBase)
    const errors: string[] = []
    await here.attach(remote, { onError: error => errors.push(error.code) }).synced()
    expect(entries.length).toBeGreaterThan(0)
    expect(errors).toContain('CORRUPT')
    expect(await readAll(here)).toEqual({ a: 1 })
    await here.close()
  })
})
