import { describe, expect, it } from 'vitest'
import { DAG_CBOR } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import { cidToKey } from '../codec/cid.js'
import { createSealer } from '../crypto/seal.js'
import { concatBytes, randomBytes } from '../primitives/bytes.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { LogEntry, RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
import { ForwardingLog } from '../testing/forwarding-log.js'
import { LogForger } from './fixtures/log-forger.js'
import { openLogPack, sealLogPacks } from './log-pack.js'
import { redactBodies } from './redact-purged.js'

const KEY = new Uint8Array(32).fill(7)
const START = { seq: 0, hash: EMPTY_LOG_HASH }
const signal = new AbortController().signal

async function openLog() {
  const forger = await LogForger.create(KEY)
  const { contentKey, lineage, lineageId } = forger.secrets
  const sealer = await createSealer({ contentKey, lineage, kind: 'log', logId: lineage })
  const log = await new MemoryRemote().open({
    logId: lineageId,
    permission: 'write',
    signToken: async () => '',
  })
  const slice = new TimeSlice(platformPace)
  const parts = { log, sealer, compress: false, random: randomBytes, signal, slice }
  const append = async (blocks: Parameters<typeof encodeCar>[1]) => {
    for (const pack of await sealLogPacks(encodeCar([], blocks), START, parts)) await log.append(pack)
  }
  return { forger, log, parts, append }
}

async function contentOf(log: RemoteLog, sealer: Parameters<typeof openLogPack>[1]) {
  const { entries } = await log.read(0)
  return Promise.all(entries.map(async ({ pack }) => (await openLogPack(pack, sealer)).content))
}

async function joined(entries: readonly LogEntry[], sealer: Parameters<typeof openLogPack>[1]) {
  const packs = await Promise.all(entries.map(({ pack }) => openLogPack(pack, sealer)))
  return concatBytes(...packs.map(({ content }) => content))
}

describe('redactBodies', () => {
  it('replaces the packs that hold a content, and no other', async () => {
    const { forger, log, parts, append } = await openLog()
    const [gone, kept] = [await forger.put('gone', { n: 1 }), await forger.put('kept', { n: 2 })]
    await append(kept.blocks)
    await append(gone.blocks)
    const before = await log.read(0)
    const [, body] = gone.blocks
    await redactBodies(new Set([cidToKey((body as (typeof gone.blocks)[0]).cid)]), 2, parts)
    const { entries, head } = await log.read(0)
    expect(entries.map(({ isRedacted }) => isRedacted)).toEqual([false, true])
    expect(entries.map(({ digest }) => digest)).toEqual(before.entries.map(({ digest }) => digest))
    expect(head).toEqual(before.head)
    const [, second] = await contentOf(log, parts.sealer)
    expect(decodeCar(second as Uint8Array).blocks.map(({ cid }) => cid.toString())).toEqual([
      gone.commit.cid.toString(),
    ])
    expect((await openLogPack((entries[1] as (typeof entries)[0]).pack, parts.sealer)).replaces).toEqual(
      entries[1]?.digest,
    )
  })

  it('goes through entries that belong together, and passes over what cannot be opened', async () => {
    const { forger, log, parts, append } = await openLog()
    await log.append(new Uint8Array([1, 2, 3]))
    const large = await forger.put('large', { bytes: crypto.getRandomValues(new Uint8Array(65_000)) })
    const others = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        forger.put(`${i}`, { bytes: crypto.getRandomValues(new Uint8Array(65_000)) }),
      ),
    )
    await append([...large.blocks, ...others.flatMap(({ blocks }) => blocks)])
    const { entries } = await log.read(0)
    expect(entries.length).toBeGreaterThan(2)
    await redactBodies(
      new Set([cidToKey((large.blocks[1] as (typeof large.blocks)[0]).cid)]),
      entries.length,
      parts,
    )
    const [, ...after] = (await log.read(0)).entries
    expect(after.map(({ isRedacted }) => isRedacted)).toEqual(after.map((_, i) => i < entries.length - 1))
    expect(decodeCar(await joined(after.slice(0, entries.length - 1), parts.sealer)).blocks).toEqual([])
    const kept = decodeCar(await joined(after.slice(entries.length - 1), parts.sealer)).blocks
    expect(kept.map(({ cid }) => cid.toString())).not.toContain(large.blocks[1]?.cid.toString())
    expect(kept.length).toBe(1 + 80)
  })

  it('that was interrupted among entries that belong together loses no commit and goes on', async () => {
    const { forger, log, parts, append } = await openLog()
    const puts = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        forger.put(`${i}`, { bytes: crypto.getRandomValues(new Uint8Array(65_000)) }),
      ),
    )
    await append(puts.flatMap(({ blocks }) => blocks))
    const count = (await log.read(0)).entries.length
    const bodies = new Set(
      puts.slice(0, 1).flatMap(({ blocks }) => blocks.slice(1).map(({ cid }) => cidToKey(cid))),
    )
    const interrupted = new ForwardingLog(log)
    let left = 1
    interrupted.redact = async (...args) => {
      if (left-- === 0) throw new Error('gone')
      return log.redact(...args)
    }
    await expect(redactBodies(bodies, count, { ...parts, log: interrupted })).rejects.toThrow('gone')
    await redactBodies(bodies, count, parts)
    const { entries } = await log.read(0)
    expect(entries.slice(0, count).every(({ isRedacted }) => isRedacted)).toBe(true)
    const kept = decodeCar(await joined(entries.slice(count), parts.sealer)).blocks
    expect(kept.filter(({ cid }) => cid.code === DAG_CBOR).length).toBe(40)
    expect(kept.length).toBe(79)
  })
})
