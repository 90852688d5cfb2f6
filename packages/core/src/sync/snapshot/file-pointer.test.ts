import { describe, expect, it } from 'vitest'
import { toBase32, utf8ToBytes } from '../../primitives/bytes.js'
import { digestPack } from '../../protocol/log-hash.js'
import type { LogPosition, Remote } from '../../protocol/remote.js'
import { ForwardingLog } from '../../testing/forwarding-log.js'
import { LossyRemote } from '../fixtures/lossy-remote.js'
import { WrappedRemote } from '../fixtures/wrapped-remote.js'
import { TestReplica } from './fixtures/test-replica.js'

const X = utf8ToBytes('what stands for one file pack')
const Y = utf8ToBytes('what stands for another one')
const Z = utf8ToBytes('and for a third')

function names(...packs: readonly Uint8Array[]): string[] {
  return packs.map(pack => toBase32(digestPack(pack))).sort()
}

/** The file packs that the pointer of a remote lists. */
async function listed({ log }: TestReplica): Promise<string[]> {
  const all = new Set(names(X, Y, Z))
  return ((await log.getPointer())?.blobs ?? []).filter(name => all.has(name)).sort()
}

/** Sends, compacts and publishes. */
async function publish(replica: TestReplica) {
  await replica.exchange()
  await replica.compact()
  return replica.publish()
}

/** A replica whose document named one file pack, and names another. */
async function openWithFiles(remote: Remote, seed = 1): Promise<TestReplica> {
  const replica = await TestReplica.open({ remote, seed })
  await replica.putWithPacks({ _id: 'doc', n: 1 }, X)
  await replica.putWithPacks({ _id: 'doc', n: 2 }, Y)
  await replica.putWithPacks({ _id: 'other', n: 1 }, Y, Z)
  return replica
}

describe('the files that a pointer lists', () => {
  it('are those of all versions that are kept, as they come and as they go', async () => {
    const replica = await openWithFiles(new LossyRemote())
    expect(await publish(replica)).toMatchObject({ kind: 'published', drops: false })
    expect(await listed(replica)).toEqual(names(X, Y, Z))
    await replica.put({ _id: 'plain' })
    await publish(replica)
    expect(await listed(replica)).toEqual(names(X, Y, Z))
    await replica.prune()
    expect(await replica.publish()).toMatchObject({ kind: 'published', drops: true })
    expect(await listed(replica)).toEqual(names(Y, Z))
    expect(await replica.publish()).toEqual({ kind: 'kept', reason: 'up-to-date' })
  })

  it('lose by a purge what no other document names', async () => {
    const replica = await openWithFiles(new LossyRemote())
    await publish(replica)
    await replica.write([{ id: 'other', body: null, purge: true }])
    expect(await publish(replica)).toMatchObject({ kind: 'published', drops: true })
    expect(await listed(replica)).toEqual(names(X, Y))
  })

  it('are known to a device that begins with the pointer, and to others by the log', async () => {
    const remote = new LossyRemote()
    const replica = await openWithFiles(remote)
    await publish(replica)
    const fresh = await TestReplica.open({ remote, seed: 2 })
    expect(await fresh.start()).toMatchObject({ kind: 'started' })
    expect(await fresh.verify()).toEqual({ kind: 'verified' })
    await fresh.put({ _id: 'plain' })
    expect(await publish(fresh)).toMatchObject({ kind: 'published', drops: false })
    expect(await listed(fresh)).toEqual(names(X, Y, Z))
    const reader = await TestReplica.open({ remote, seed: 3 })
    await reader.exchange()
    await reader.put({ _id: 'more' })
    await publish(reader)
    expect(await listed(reader)).toEqual(names(X, Y, Z))
  })

  it('are not taken turns about by two that keep other versions', async () => {
    const remote = new LossyRemote()
    const [a, b] = [await openWithFiles(remote), await TestReplica.open({ remote, seed: 2 })]
    await publish(a)
    await b.exchange()
    await b.compact()
    await a.prune()
    expect(await a.publish()).toMatchObject({ kind: 'published', drops: true })
    expect(await b.publish()).toEqual({ kind: 'kept', reason: 'up-to-date' })
    expect(await listed(a)).toEqual(names(Y, Z))
  })

  it('are sent anew where the remote lost them, and left out where nobody has them', async () => {
    const remote = new LossyRemote()
    const [a, b] = [await openWithFiles(remote), await TestReplica.open({ remote, seed: 2 })]
    await a.exchange()
    await b.exchange()
    const [lost] = names(X) as [string]
    remote.lost.add(lost)
    expect(await publish(b)).toMatchObject({ kind: 'published' })
    expect(await listed(b)).toEqual(names(Y, Z))
    expect(b.errors.map(({ code }) => code)).toEqual(['FILE_UNAVAILABLE'])
    await a.put({ _id: 'plain' })
    expect(await publish(a)).toMatchObject({ kind: 'published' })
    expect(await listed(a)).toEqual(names(X, Y, Z))
    expect(a.errors).toEqual([])
    await b.exchange()
    await b.put({ _id: 'more' })
    await publish(b)
    expect(await listed(b)).toEqual(names(X, Y, Z))
    expect(b.errors).toHaveLength(1)
  })

  it('are more than a pointer can list: then there is none', async () => {
    const replica = await TestReplica.open({ remote: new WrappedRemote(log => new ListlessLog(log)) })
    const ops = Array.from({ length: 17 }, (_, i) => {
      const files = Array.from({ length: 1000 }, (_, n) => digestOf(1000 * i + n))
      return { id: `doc ${i}`, body: utf8ToBytes(`["${'A'.repeat(22)}",{}]`), files }
    })
    await replica.write(ops)
    await replica.exchange()
    await replica.compact()
    expect(await replica.publish()).toEqual({ kind: 'kept', reason: 'too-many-blobs' })
  })
})

/** Digests that ascend with their numbers. */
function digestOf(n: number): Uint8Array {
  const digest = new Uint8Array(32)
  new DataView(digest.buffer).setUint32(0, n)
  return digest
}

/** Takes every entry, whatever blobs it needs. */
class ListlessLog extends ForwardingLog {
  override append(pack: Uint8Array): Promise<LogPosition> {
    return super.append(pack)
  }
}
