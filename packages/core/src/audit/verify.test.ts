import { describe, expect, it } from 'vitest'
import { stride } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { openDatabase } from '../database/firekeep.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import type { StorageEntry, StorageSpace } from '../storage/storage.js'
import { LogForger } from '../sync/fixtures/log-forger.js'
import { openRawLog } from '../sync/fixtures/open-raw-log.js'
import { seededRandom } from '../testing/seeded-random.js'
import { Damage } from './fixtures/damage.js'
import type { Finding, VerifyReport } from './verify-report.js'

const KEY = new Uint8Array(32).fill(4)

function open(space: StorageSpace, seed = 1): Database<AnyDocument> {
  let time = 0
  const delay = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, Math.min(ms, 5)))
  const environment = { now: () => ++time, random: seededRandom(seed), delay, report: () => undefined }
  return openDatabase('test', { storage: space, key: KEY, autoCompact: false }, environment)
}

/** What another tab says that opens what is stored now. */
async function verifyStored(space: StorageSpace): Promise<VerifyReport> {
  const db = open(space, 99)
  try {
    return await db.verify()
  } finally {
    await db.close()
  }
}

/** Versions, a deletion, a conflict, a large content; then folded, with commits after it. */
async function fill(db: Database<AnyDocument>): Promise<void> {
  const { clock } = await db.bulk(Array.from({ length: 40 }, (_, i) => ({ _id: `d${i}`, n: i })))
  await db.put({ _id: 'd1', n: 'first' }, { basedOn: clock })
  await db.put({ _id: 'd1', n: 'second' }, { basedOn: clock })
  await db.del('d2')
  await db.put({ _id: 'large', text: 'x'.repeat(9000) })
  await db.put({ _id: 'd3', n: 'again' })
}

async function folded(): Promise<{ space: StorageSpace; db: Database<AnyDocument> }> {
  const space = createMemorySpace()
  const db = open(space)
  await fill(db)
  await db.compact()
  return { space, db }
}

/** What a whole pack is known to hold. */
async function findingsWithout(space: StorageSpace, entry: StorageEntry): Promise<readonly Finding[]> {
  const damage = new Damage(space)
  await damage.remove(entry)
  const { findings } = await verifyStored(space)
  await damage.put(entry)
  return findings
}

describe('verify', () => {
  it('finds nothing wrong with a sound database, folded or not, pruned or purged', async () => {
    const space = createMemorySpace()
    const db = open(space)
    expect(await db.verify()).toMatchObject({ isSound: true, commits: 0, clock: [] })
    await fill(db)
    const check = async (more: object) => {
      const report = await db.verify()
      expect(report.findings).toEqual([])
      expect(report).toMatchObject({ isSound: true, documents: 40, clock: await db.clock(), ...more })
      expect(await verifyStored(space)).toEqual(report)
    }
    await check({ commits: 6, pruned: 0 })
    await db.compact()
    await check({ commits: 6, pruned: 0 })
    await db.put({ _id: 'd4', n: 'after' })
    await check({ commits: 7, pruned: 0 })
    await db.prune({ before: await db.clock() })
    await check({ commits: 7, pruned: 4 })
    await db.purge('d5')
    await db.put({ _id: 'd5', n: 'again' })
    await check({ commits: 9, pruned: 5 })
    await db.close()
  })

  it('rebuilds the same trees from more commits than it keeps in memory', async () => {
    const space = createMemorySpace()
    const db = open(space)
    await db.bulk(Array.from({ length: 300 }, (_, i) => ({ _id: `d${i}`, n: 0 })))
    for (let n = 1; n < 1100; n++) db.put({ _id: 'd7', n })
    await db.compact()
    const steps: { done: number; total?: number | undefined }[] = []
    const report = await db.verify({ onProgress: step => steps.push(step) })
    expect(report).toMatchObject({ isSound: true, commits: 1100, documents: 300, findings: [] })
    expect(steps.at(-1)).toEqual({ done: report.commits, total: report.commits })
    const abort = new AbortController()
    const aborted = db.verify({ signal: abort.signal, onProgress: () => abort.abort() })
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED' })
    await db.close()
  })

  it('finds damage of any byte of a commit record, and names the record', async () => {
    const space = createMemorySpace()
    const db = open(space)
    const first = await db.put({ _id: 'a', n: 1 })
    const second = await db.put({ _id: 'b', n: 1 })
    const damage = new Damage(space)
    const entries = await damage.entries('state/')
    for (const entry of entries) {
      const [key, value] = entry
      for (let at = 0; at < value.length; at += stride(61)) {
        await damage.flip(entry, at)
        const { findings, isSound } = await verifyStored(space)
        expect(isSound).toBe(false)
        expect(findings[0]).toMatchObject({ place: key, code: expect.stringMatching(/CORRUPT|UNSUPPORTED/) })
      }
      await damage.put(entry)
    }
    // Whoever has it open knows which commits it held.
    for (const entry of entries) {
      await damage.remove(entry)
      const lost = (await db.verify()).findings.map(({ code, commit }) => `${code} ${commit}`)
      expect([...first.clock, ...second.clock].map(commit => `BLOCK_MISSING ${commit}`)).toContain(lost[0])
      await damage.put(entry)
    }
    await db.close()
  })

  it('finds damage of any byte of a pack or a snapshot, and names it', async () => {
    const { space, db } = await folded()
    await db.close()
    const damage = new Damage(space)
    const entries = [...(await damage.entries('pack/')), ...(await damage.entries('state/'))]
    expect(entries.length).toBeGreaterThanOrEqual(3)
    for (const entry of entries) {
      const [key, value] = entry
      for (let at = 3; at < value.length; at += stride(Math.ceil(value.length / 9))) {
        await damage.flip(entry, at)
        const { findings } = await verifyStored(space)
        expect(findings.map(({ place }) => place)).toContain(key)
      }
      await damage.flip(entry, -1)
      expect((await verifyStored(space)).isSound).toBe(false)
      await damage.put(entry)
    }
    expect((await verifyStored(space)).isSound).toBe(true)
  })

  it('names the commits and documents of a pack that is gone', async () => {
    const { space, db } = await folded()
    const clocks = (await db.changes([])).rows.map(({ clock }) => clock)
    await db.close()
    const packs = await new Damage(space).entries('pack/')
    const all: Finding[] = []
    for (const pack of packs) {
      const findings = await findingsWithout(space, pack)
      expect(findings.map(({ place }) => place)).toContain(pack[0])
      all.push(...findings)
    }
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(['d7', 'd39', 'large']))
    expect(all.map(({ commit }) => commit)).toEqual(expect.arrayContaining(clocks.flat()))
  })

  it('finds what a hostile writer forged, and names it', async () => {
    const remote = new MemoryRemote('r')
    const space = createMemorySpace()
    const db = open(space)
    const attachment = db.attach(remote)
    await db.put({ _id: 'a', n: 1 })
    await attachment.synced()
    const forger = await LogForger.create(KEY)
    const wrongHeight = await forger.put('b', { n: 1 }, { parents: [], height: 1 })
    const child = await forger.put('c', { n: 1 }, { parents: [wrongHeight.commit.cid], height: 7 })
    const log = await openRawLog(remote, await db.exportKey())
    await log.append(await forger.pack(...wrongHeight.blocks, ...child.blocks))
    await attachment.synced()
    while (!(await db.has('b'))) await new Promise(setImmediate)
    const report = await db.verify()
    expect(report.findings).toEqual([
      expect.objectContaining({ code: 'INVALID_COMMIT', commit: child.commit.cid.toString() }),
    ])
    expect(report.findings[0]?.message).toContain('claims height 7')
    await db.close()
  })
})
