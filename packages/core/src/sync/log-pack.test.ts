import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { concatBytes } from '../primitives/bytes.js'
import { seededRandom } from '../testing/seeded-random.js'
import { LogPackBench } from './fixtures/log-pack-bench.js'
import { openLogPack, sealLogPacks, sealReplacement } from './log-pack.js'

const KIB = 1024
const MIB = 1024 * KIB
const witness = { seq: 3, hash: new Uint8Array(32).fill(9) }
/** More than a server has to take in one message. */
const TOO_MUCH = 2.5 * MIB

/** Contents that compress, that do not, and of both. */
function contentOf(kind: 'noise' | 'zeros' | 'mixed', length: number): Uint8Array {
  if (kind === 'zeros') return new Uint8Array(length)
  const bytes = seededRandom(length + 1)(length)
  return kind === 'noise' ? bytes : bytes.map((byte, i) => (i % (256 * KIB) < 128 * KIB ? byte : 1))
}

const kind = fc.constantFrom('noise' as const, 'zeros' as const, 'mixed' as const)
const length = fc.oneof(
  fc.constantFrom(0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 128 * KIB, 128 * KIB + 1),
  fc.nat(300 * KIB),
)

describe('a log pack', () => {
  it('opens to what was sealed, whatever its length, compressed or not', async () => {
    const bench = await LogPackBench.create()
    await fc.assert(
      fc.asyncProperty(kind, length, fc.boolean(), async (kind, length, compress) => {
        const content = contentOf(kind, length)
        const packs = await sealLogPacks(content, witness, bench.writer(compress))
        expect(packs.length).toBe(1)
        const opened = await openLogPack(packs[0] as Uint8Array, bench.sealer)
        expect(opened.witness).toEqual(witness)
        expect([opened.part, opened.replaces]).toEqual([undefined, undefined])
        expect(Buffer.compare(opened.content, content)).toBe(0)
      }),
      { numRuns: runs(40) },
    )
  })

  it.each([
    ['noise', false, 2 * MIB - 128 * KIB, 1],
    ['noise', false, 2 * MIB, 2],
    ['noise', true, 6 * MIB, 4],
    ['mixed', true, 6 * MIB, 2],
    ['zeros', true, 16 * MIB, 1],
    ['zeros', true, 20 * MIB, 2],
    ['zeros', false, 5 * MIB, 3],
  ] as const)('of %s (compressed: %s), %i bytes, is cut into %i that no server refuses', async (...given) => {
    const [kind, compress, length, count] = given
    const bench = await LogPackBench.create()
    const content = contentOf(kind, length)
    const packs = await sealLogPacks(content, witness, bench.writer(compress))
    const opened = await Promise.all(packs.map(pack => openLogPack(pack, bench.sealer)))
    expect(packs.length).toBe(count)
    expect(Math.max(...packs.map(pack => pack.length))).toBeLessThan(TOO_MUCH)
    expect(Buffer.compare(concatBytes(...opened.map(({ content }) => content)), content)).toBe(0)
    const parts = opened.map(({ part }) => part)
    if (count === 1) expect(parts).toEqual([undefined])
    else expect(parts).toEqual(packs.map((_, index) => ({ id: parts[0]?.id, index, count })))
    expect(opened.every(pack => pack.witness.seq === witness.seq)).toBe(true)
  })

  it('has another id for its parts each time', async () => {
    const bench = await LogPackBench.create()
    const content = contentOf('noise', 2 * MIB)
    const seal = async () => {
      const [first] = await sealLogPacks(content, witness, bench.writer())
      return (await openLogPack(first as Uint8Array, bench.sealer)).part?.id
    }
    expect(await seal()).not.toEqual(await seal())
  })

  it('that takes the place of an entry names it, and is one however long it is', async () => {
    const bench = await LogPackBench.create()
    const replaces = new Uint8Array(32).fill(4)
    const content = contentOf('noise', 3 * MIB)
    for (const part of [undefined, { id: new Uint8Array(16), index: 1, count: 2 }]) {
      const header = { witness, replaces, ...(part && { part }) }
      const opened = await openLogPack(
        await sealReplacement(content, header, bench.writer(true)),
        bench.sealer,
      )
      expect(opened).toMatchObject({ witness, replaces, part })
      expect(Buffer.compare(opened.content, content)).toBe(0)
    }
  })
})

describe('a log pack that was changed', () => {
  it('does not open, whichever bit was flipped', async () => {
    const bench = await LogPackBench.create()
    const [pack] = (await sealLogPacks(contentOf('noise', 40), witness, bench.writer())) as [Uint8Array]
    const opened = new Map<string, number>()
    for (let bit = 0; bit < pack.length * 8; bit++) {
      const flipped = pack.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      const code = await openLogPack(flipped, bench.sealer).then(
        () => 'opened',
        ({ code }) => code,
      )
      opened.set(code, (opened.get(code) ?? 0) + 1)
    }
    // In clear stand the version (eight bits, of which the lowest makes it 0) and the id of the key.
    expect(Object.fromEntries(opened)).toEqual({
      CORRUPT: pack.length * 8 - 64 - 7,
      WRONG_KEY: 64,
      UNSUPPORTED_FORMAT: 7,
    })
  })

  it('does not open, wherever it was cut', async () => {
    const bench = await LogPackBench.create()
    const [pack] = (await sealLogPacks(contentOf('noise', 40), witness, bench.writer())) as [Uint8Array]
    for (let length = 0; length < pack.length; length++) {
      await expect(openLogPack(pack.slice(0, length), bench.sealer)).rejects.toMatchObject({
        code: 'CORRUPT',
      })
    }
    const longer = concatBytes(pack, Uint8Array.of(0))
    await expect(openLogPack(longer, bench.sealer)).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('is told apart from one of a newer version, whose other fields nobody knows', async () => {
    const bench = await LogPackBench.create()
    for (const header of [{ v: 2 }, { v: 7, ...witness, more: [1] }]) {
      await expect(openLogPack(await bench.seal(header), bench.sealer)).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
      })
    }
  })

  const right = { v: 1, ...witness }
  const part = { id: new Uint8Array(16), index: 0, count: 2 }
  const chunk = Uint8Array.of(0, 1, 2)
  const cases: readonly [name: string, header: unknown, ...pieces: Uint8Array[]][] = [
    ['without a header', new Uint8Array(0)],
    ['whose header is not CBOR', Uint8Array.of(255, 255)],
    ['whose header is a list', [1, 2]],
    ['whose header is null', null],
    ['of version 0', { ...right, v: 0 }],
    ['whose version is a text', { ...right, v: '1' }],
    ['with a field that nobody knows', { ...right, more: 1 }],
    ['without a hash', { v: 1, seq: 1 }],
    ['with a short hash', { ...right, hash: new Uint8Array(31) }],
    ['with a place below 0', { ...right, seq: -1 }],
    ['with a place that is no whole number', { ...right, seq: 1.5 }],
    ['whose part is behind the last', { ...right, part: { ...part, index: 2 } }],
    ['whose part is one of one', { ...right, part: { ...part, count: 1 } }],
    ['whose part is one of too many', { ...right, part: { ...part, count: 4097 } }],
    ['whose part has a short id', { ...right, part: { ...part, id: new Uint8Array(15) } }],
    ['that replaces something by a short name', { ...right, replaces: new Uint8Array(31) }],
    ['with a piece that does not unpack', right, Uint8Array.of(7, 7, 7)],
    ['with an empty piece', right, new Uint8Array(0)],
    ['with a piece that is too long', right, new Uint8Array(64 * KIB + 2)],
  ]

  it.each(cases)('is CORRUPT %s', async (_, header, ...pieces) => {
    const bench = await LogPackBench.create()
    // The same with nothing wrong opens.
    await openLogPack(await bench.seal({ ...right, part }, chunk), bench.sealer)
    await expect(openLogPack(await bench.seal(header, ...pieces), bench.sealer)).rejects.toMatchObject({
      code: 'CORRUPT',
    })
  })

  it('is CORRUPT where a length leads out of it, or is cut itself', async () => {
    const bench = await LogPackBench.create()
    for (const plaintext of [
      new Uint8Array(0),
      Uint8Array.of(0, 0, 0),
      Uint8Array.of(0, 0, 0, 2, 1),
      Uint8Array.of(255, 255, 255, 255, 1),
    ]) {
      const pack = await bench.sealer.seal(plaintext)
      await expect(openLogPack(pack, bench.sealer)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })
})
