import { describe, expect, it } from 'vitest'
import { decodeCar, encodeCar } from '../codec/car.js'
import { cidToKey } from '../codec/cid.js'
import { createSealer } from '../crypto/seal.js'
import { randomBytes } from '../primitives/bytes.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type { RemoteLog } from '../protocol/remote.js'
import { MemoryRemote } from '../remotes/memory-remote.js'
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
    const redacted = (await log.read(0)).entries.slice(1)
    expect(redacted.every(({ isRedacted }) => isRedacted)).toBe(true)
    const packs = await Promise.all(redacted.map(({ pack }) => openLogPack(pack, parts.sealer)))
    expect(packs.map(({ part }) => part?.index)).toEqual(packs.map((_, i) => i))
    const joined = new Uint8Array(
      await new Blob(packs.map(({ content }) => content as BlobPart)).arrayBuffer(),
    )
    const ids = decodeCar(joined).blocks.map(({ cid }) => cid.toString())
    expect(ids).not.toContain(large.blocks[1]?.cid.toString())
    expect(ids.length).toBe(1 + 80)
  })
})
