import { createDecipheriv, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { bytesToBinary, concatBytes, utf8ToBytes } from '../primitives/bytes.js'
import { padme } from './padme.js'
import { createSealer, type Sealer, type SealerOptions } from './seal.js'
import { HEADER_BYTES } from './seal-header.js'

const KEY = new Uint8Array(32).fill(1)
const LINEAGE = new Uint8Array(32).fill(2)
const FRAME = 64 * 1024
const SEALED_FRAME = 12 + FRAME + 16

function sealerOf(options: Partial<SealerOptions> = {}): Promise<Sealer> {
  return createSealer({ contentKey: KEY, lineage: LINEAGE, kind: 'commits', ...options })
}

/** Bytes of three frames, the last one short. */
function threeFrames(fill = 7): Uint8Array {
  return Uint8Array.from({ length: 2 * FRAME + 1000 }, (_, i) => (i * fill) % 253)
}

function frame(sealed: Uint8Array, number: number): Uint8Array {
  return sealed.subarray(HEADER_BYTES + number * SEALED_FRAME, HEADER_BYTES + (number + 1) * SEALED_FRAME)
}

function packOf(header: Uint8Array, ...frames: Uint8Array[]): Uint8Array {
  return concatBytes(header.subarray(0, HEADER_BYTES), ...frames)
}

describe('sealed bytes', () => {
  it('open to what was sealed, by any sealer of the same key, database and kind', async () => {
    const [writer, reader] = await Promise.all([sealerOf(), sealerOf()])
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async plaintext => {
        const sealed = await writer.seal(plaintext)
        expect(await writer.open(sealed)).toEqual(plaintext)
        expect(await reader.open(sealed)).toEqual(plaintext)
      }),
    )
  })

  it.each([0, 1, 127, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 3 * FRAME + 5])(
    'may be %i long',
    async length => {
      const plaintext = new Uint8Array(length).fill(0x80)
      const sealer = await sealerOf()
      expect(Buffer.compare(await sealer.open(await sealer.seal(plaintext)), plaintext)).toBe(0)
    },
  )

  it('are never the same twice, and share nothing but their session’s header', async () => {
    const sealer = await sealerOf()
    const plaintext = utf8ToBytes('equal plaintext')
    const [one, two] = [await sealer.seal(plaintext), await sealer.seal(plaintext)]
    const other = await (await sealerOf()).seal(plaintext)
    expect(bytesToBinary(one.subarray(HEADER_BYTES))).not.toBe(bytesToBinary(two.subarray(HEADER_BYTES)))
    expect(one.subarray(HEADER_BYTES - 16, HEADER_BYTES)).not.toEqual(
      two.subarray(HEADER_BYTES - 16, HEADER_BYTES),
    )
    expect(one.subarray(13, HEADER_BYTES)).not.toEqual(other.subarray(13, HEADER_BYTES))
  })

  it('show the length of their contents only roughly', async () => {
    const sealer = await sealerOf()
    const lengths = await Promise.all(
      [641, 650, 660, 671].map(async n => (await sealer.seal(new Uint8Array(n))).length),
    )
    expect(new Set(lengths).size).toBe(1)
  })

  it('are detected as damaged whichever bit is flipped', async () => {
    const sealer = await sealerOf()
    const sealed = await sealer.seal(utf8ToBytes('a short secret'))
    const codes = new Set<string>()
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.with(bit >> 3, (sealed[bit >> 3] as number) ^ (1 << (bit & 7)))
      const code = await sealer.open(flipped).then(
        () => 'opened',
        error => error.code,
      )
      const isKeyId = bit >> 3 >= 5 && bit >> 3 < 13
      const isVersion = bit >> 3 === 4
      if (isKeyId) expect(code).toBe('WRONG_KEY')
      else if (!isVersion) expect(code).toBe('CORRUPT')
      codes.add(code)
    }
    expect([...codes].sort()).toEqual(['CORRUPT', 'UNSUPPORTED_FORMAT', 'WRONG_KEY'])
  })

  it('of several frames are detected as damaged in each', async () => {
    const sealer = await sealerOf()
    const sealed = await sealer.seal(threeFrames())
    const place = fc.nat(sealed.length - HEADER_BYTES - 1)
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = sealed.slice()
        damaged[HEADER_BYTES + at] = (damaged[HEADER_BYTES + at] as number) ^ change
        await expect(sealer.open(damaged)).rejects.toMatchObject({ code: 'CORRUPT' })
      }),
      { numRuns: runs(50) },
    )
  })

  it('are detected as cut off or extended at any length', async () => {
    const sealer = await sealerOf()
    const sealed = await sealer.seal(utf8ToBytes('a short secret'))
    for (let length = 0; length < sealed.length; length++) {
      await expect(sealer.open(sealed.subarray(0, length))).rejects.toMatchObject({ code: 'CORRUPT' })
    }
    await expect(sealer.open(concatBytes(sealed, Uint8Array.of(0)))).rejects.toMatchObject({
      code: 'CORRUPT',
    })
  })

  it('say when a newer version wrote them', async () => {
    const sealer = await sealerOf()
    const sealed = (await sealer.seal(new Uint8Array(1))).with(4, 2)
    await expect(sealer.open(sealed)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })
})

/** Opens one frame of a pack with Node's own cryptography, by the tables of `docs/format.md`. */
function openByFormat(sealed: Uint8Array, number: number, isLast: boolean): Buffer {
  const salt = sealed.subarray(13, 29)
  const derived = new Uint8Array(hkdfSync('sha256', KEY, salt, 'firekeep/1/seal', 64))
  expect(sealed.subarray(0, 5)).toEqual(concatBytes(utf8ToBytes('FKSL'), Uint8Array.of(1)))
  expect(sealed.subarray(5, 13)).toEqual(new Uint8Array(hkdfSync('sha256', KEY, '', 'firekeep/1/key-id', 8)))
  expect(sealed.subarray(29, 61)).toEqual(derived.subarray(32))
  const start = 77 + number * 65_564
  const bytes = sealed.subarray(start, start + 65_564)
  const place = Uint8Array.of(1, isLast ? 1 : 0, 0, 0, 0, number)
  const decipher = createDecipheriv('aes-256-gcm', derived.subarray(0, 32), bytes.subarray(0, 12))
  decipher.setAAD(concatBytes(place, sealed.subarray(61, 77), Uint8Array.of(2), LINEAGE, utf8ToBytes('log')))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
}

it('sealed bytes are laid out as the format says, and each frame can be read alone', async () => {
  const plaintext = threeFrames()
  const sealed = await (await sealerOf({ kind: 'log', logId: utf8ToBytes('log') })).seal(plaintext)
  const last = concatBytes(plaintext.subarray(2 * FRAME), Uint8Array.of(0x80), new Uint8Array(1024 - 1001))
  expect(Buffer.compare(openByFormat(sealed, 2, true), last)).toBe(0)
  expect(Buffer.compare(openByFormat(sealed, 1, false), plaintext.subarray(FRAME, 2 * FRAME))).toBe(0)
})

describe('a frame opens nowhere else:', () => {
  it('not with the last one cut off', async () => {
    const sealer = await sealerOf()
    const sealed = await sealer.seal(threeFrames())
    const cut = packOf(sealed, frame(sealed, 0), frame(sealed, 1))
    await expect(sealer.open(cut)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('not at another place of its pack', async () => {
    const sealer = await sealerOf()
    const sealed = await sealer.seal(threeFrames())
    const [a, b, c] = [frame(sealed, 0), frame(sealed, 1), frame(sealed, 2)]
    for (const frames of [[b, a, c], [a, a, c], [b, c], [a, c], [a, b, b, c], [c]]) {
      await expect(sealer.open(packOf(sealed, ...frames))).rejects.toMatchObject({ code: 'CORRUPT' })
    }
    await expect(sealer.open(packOf(sealed, a, b, c))).resolves.toHaveLength(2 * FRAME + 1000)
  })

  it('not at the same place of another pack, of the same session or another', async () => {
    const sealer = await sealerOf()
    const sealed = await sealer.seal(threeFrames())
    for (const writer of [sealer, await sealerOf()]) {
      const other = await writer.seal(threeFrames(5))
      const mixed = packOf(sealed, frame(sealed, 0), frame(other, 1), frame(sealed, 2))
      await expect(sealer.open(mixed)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })

  it('not as another kind', async () => {
    const sealed = await (await sealerOf({ kind: 'commits' })).seal(new Uint8Array(10))
    for (const kind of ['pack', 'record', 'file'] as const) {
      await expect((await sealerOf({ kind })).open(sealed)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })

  it('not in another database that has the same key', async () => {
    const sealed = await (await sealerOf()).seal(new Uint8Array(10))
    const other = await sealerOf({ lineage: LINEAGE.with(0, 0) })
    await expect(other.open(sealed)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('not in the log of a fork', async () => {
    const [base, fork] = [utf8ToBytes('base'), utf8ToBytes('fork')]
    const sealed = await (await sealerOf({ kind: 'log', logId: base })).seal(new Uint8Array(10))
    const sealer = await sealerOf({ kind: 'log', logId: fork })
    await expect(sealer.open(sealed)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('not under another key', async () => {
    const sealed = await (await sealerOf()).seal(new Uint8Array(10))
    const other = await sealerOf({ contentKey: KEY.with(0, 0) })
    await expect(other.open(sealed)).rejects.toMatchObject({ code: 'WRONG_KEY' })
  })
})

/** A header, two frames that may be read alone, and the last. */
async function sealThree(sealer: Sealer): Promise<Uint8Array[]> {
  const writer = sealer.startFrames()
  const frames = [await writer.add(utf8ToBytes('first')), await writer.add(new Uint8Array(100_000).fill(9))]
  return [writer.header, ...frames, await writer.end(utf8ToBytes('last'))]
}

describe('frames of given contents', () => {
  it.each([0, 1, 127, 40_000, FRAME, 3 * FRAME + 5])('may be %i long', async length => {
    const [writer, reader] = await Promise.all([sealerOf({ kind: 'pack' }), sealerOf({ kind: 'pack' })])
    const frames = writer.startFrames()
    const content = new Uint8Array(length).fill(0x80)
    const [added, ended] = [await frames.add(content), await frames.end(content)]
    for (const [place, sealed] of [[0, added] as const, ['last', ended] as const]) {
      expect(Buffer.compare(await reader.openFrame(frames.header, place, sealed), content)).toBe(0)
      expect(sealed.length).toBe(28 + padme(length + 1))
    }
  })

  it('open at their place and nowhere else', async () => {
    const sealer = await sealerOf({ kind: 'pack' })
    const [header, ...frames] = (await sealThree(sealer)) as [Uint8Array, ...Uint8Array[]]
    const places = [0, 1, 'last', 2, 2 ** 32 - 1] as const
    for (const [i, sealed] of frames.entries()) {
      for (const place of places) {
        const opened = sealer.openFrame(header, place, sealed)
        if (place === places[i]) await opened
        else await expect(opened).rejects.toMatchObject({ code: 'CORRUPT' })
      }
    }
  })

  it('do not open behind the header of another pack, of the same session or another', async () => {
    const sealer = await sealerOf({ kind: 'pack' })
    const [, first] = (await sealThree(sealer)) as [Uint8Array, Uint8Array]
    for (const writer of [sealer, await sealerOf({ kind: 'pack' })]) {
      const { header } = writer.startFrames()
      await expect(sealer.openFrame(header, 0, first)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })

  it('are detected as damaged, cut off or extended', async () => {
    const sealer = await sealerOf({ kind: 'pack' })
    const [header, first] = (await sealThree(sealer)) as [Uint8Array, Uint8Array]
    for (let at = 0; at < first.length; at++) {
      const flipped = first.with(at, (first[at] as number) ^ 4)
      await expect(sealer.openFrame(header, 0, flipped)).rejects.toMatchObject({ code: 'CORRUPT' })
      await expect(sealer.openFrame(header, 0, first.subarray(0, at))).rejects.toMatchObject({
        code: 'CORRUPT',
      })
    }
    const longer = concatBytes(first, new Uint8Array(1))
    await expect(sealer.openFrame(header, 0, longer)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('are laid out as the format says', async () => {
    const writer = (await sealerOf({ kind: 'log', logId: utf8ToBytes('log') })).startFrames()
    const sealed = concatBytes(writer.header, await writer.add(utf8ToBytes('one')))
    expect(
      Buffer.compare(openByFormat(sealed, 0, false), concatBytes(utf8ToBytes('one'), Uint8Array.of(0x80))),
    ).toBe(0)
  })
})

it('a sealer of log packs needs a log id, and no other takes one', async () => {
  await expect(sealerOf({ kind: 'log' })).rejects.toMatchObject({ code: 'INTERNAL' })
  await expect(sealerOf({ logId: LINEAGE })).rejects.toMatchObject({ code: 'INTERNAL' })
})

it('a sealer opens the packs of more sessions than it remembers', async () => {
  const reader = await sealerOf()
  const packs: Uint8Array[] = []
  for (let i = 0; i < 300; i++) packs.push(await (await sealerOf()).seal(Uint8Array.of(i & 255)))
  const opened = await Promise.all([...packs, ...packs].map(pack => reader.open(pack)))
  expect(opened.map(bytes => bytes[0])).toEqual([...packs, ...packs].map((_, i) => (i % 300) & 255))
})
