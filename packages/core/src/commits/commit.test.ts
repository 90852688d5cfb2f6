import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { create as createDigest } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type Block, DAG_CBOR, DAG_JSON, hashBlock, RAW } from '../codec/block.js'
import { CID, cidToKey, compareCids } from '../codec/cid.js'
import { verifyCommitSignature } from '../crypto/identity.js'
import { FirekeepError } from '../errors.js'
import { concatBytes, equalBytes } from '../primitives/bytes.js'
import {
  COMMIT_LIMITS,
  createCommit,
  decodeCommit,
  type Operation,
  type Origin,
  unsignedBytes,
} from './commit.js'
import { Encoded, encodePlainCbor, sortedEntries } from './fixtures/encode-plain-cbor.js'
import { testAuthor } from './fixtures/test-author.js'
import { testCid } from './fixtures/test-cid.js'

type Fields = Record<string, unknown>

const body = testCid('body', DAG_JSON)

function cids(count: number): CID[] {
  return Array.from({ length: count }, (_, i) => testCid(i)).sort(compareCids)
}

function validOp(change: Fields = {}): Fields {
  return { id: 'doc', prev: cids(2), body, ...change }
}

function digests(count: number): Uint8Array[] {
  return cids(count).map(cid => cid.multihash.digest)
}

function validOrigin(change: Fields = {}): Origin {
  const filled = (length: number) => new Uint8Array(length).fill(5)
  return { db: filled(32), author: filled(32), commit: testCid('origin'), sig: filled(64), ...change }
}

function validCommit(change: Fields = {}): Fields {
  const filled = (length: number) => new Uint8Array(length).fill(3)
  return {
    v: 1,
    db: filled(32),
    parents: cids(2),
    height: 2,
    time: 0,
    author: filled(32),
    grant: filled(64),
    ops: [validOp()],
    sig: filled(64),
    ...change,
  }
}

async function blockOf(bytes: Uint8Array, codec = DAG_CBOR): Promise<Block> {
  return hashBlock(codec, bytes)
}

async function verdictOn(bytes: Uint8Array): Promise<{ code: string; message: string }> {
  try {
    decodeCommit(await blockOf(bytes))
    return { code: 'VALID', message: '' }
  } catch (error) {
    if (error instanceof FirekeepError) return error
    throw error
  }
}

const anyId = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' })
const somePrev = fc.subarray(cids(64))
const anyBody = fc.option(fc.nat().map(n => testCid(n, DAG_JSON)))
const anyFiles = fc.option(fc.subarray(digests(8), { minLength: 1 }), { nil: undefined })
const anyOrigin = fc.option(fc.constant(validOrigin()), { nil: undefined })
const anyOps = fc.uniqueArray(
  fc.record({
    id: anyId,
    prev: somePrev,
    body: anyBody,
    isPurge: fc.boolean(),
    files: anyFiles,
    origin: anyOrigin,
  }),
  { minLength: 1, maxLength: 12, selector: op => op.id },
)

describe('a commit', () => {
  it('comes back from its block as it was created, signed by its author', async () => {
    const { author, secrets } = await testAuthor()
    const property = fc.asyncProperty(
      somePrev,
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.maxSafeNat(),
      anyOps,
      async (parents, tall, time, someOps) => {
        const ops = someOps.map(({ isPurge, files, origin, ...op }): Operation => {
          if (op.body === null) return isPurge ? { ...op, purge: true } : op
          return { ...op, ...(files && { files }), ...(origin && { origin }) }
        })
        const height = parents.length === 0 ? 1 : tall
        const content = { db: secrets.lineage, parents, height, time, ops }
        const commit = await createCommit(content, author)
        const decoded = decodeCommit({ cid: commit.cid, bytes: commit.bytes })
        // As CBOR, since comparing thousands of CIDs object by object takes seconds.
        const { db, author: by, grant, sig } = decoded
        const { parents: on, height: at, time: when, ops: made } = decoded
        const again = dagCbor.encode([db, on, at, when, made, by, grant, sig])
        const given = dagCbor.encode([
          db,
          parents,
          height,
          time,
          ops,
          author.publicKey,
          author.grant,
          commit.sig,
        ])
        expect(equalBytes(again, given)).toBe(true)
        expect((await blockOf(commit.bytes)).cid.equals(commit.cid)).toBe(true)
        expect(commit.key).toBe(cidToKey(commit.cid))
        expect(await verifyCommitSignature(commit.author, unsignedBytes(decoded), commit.sig)).toBe(true)
        // The block is what the codec makes of the fields: no encoding of our own.
        const { cid, key, bytes, ...fields } = commit
        expect(equalBytes(bytes, dagCbor.encode({ v: 1, ...fields }))).toBe(true)
      },
    )
    await fc.assert(property, { numRuns: runs(40) })
  })

  it('with any byte changed is refused or is another commit with a wrong signature', async () => {
    const { author, secrets } = await testAuthor()
    const ops = [{ id: 'doc', prev: cids(1), body }]
    const content = { db: secrets.lineage, parents: cids(1), height: 2, time: 5, ops }
    const commit = await createCommit(content, author)
    const flip = async (at: number, bit: number) => {
      const bytes = commit.bytes.with(at, (commit.bytes[at] as number) ^ (1 << bit))
      const block = await blockOf(bytes)
      expect(block.cid.equals(commit.cid)).toBe(false)
      try {
        const other = decodeCommit(block)
        expect(await verifyCommitSignature(other.author, unsignedBytes(other), other.sig)).toBe(false)
      } catch (error) {
        expect(error).toBeInstanceOf(FirekeepError)
      }
    }
    const property = fc.asyncProperty(fc.nat(commit.bytes.length - 1), fc.nat(7), flip)
    await fc.assert(property, { numRuns: runs(300) })
  })

  it('over the size of the format is refused before it is signed into a block', async () => {
    const { author, secrets } = await testAuthor()
    const long = 'x'.repeat(4000)
    const ops = Array.from({ length: 4200 }, (_, i) => ({ id: `${long}${i}`, prev: [], body }))
    const content = { db: secrets.lineage, parents: [], height: 1, time: 0, ops }
    await expect(createCommit(content, author)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  })
})

describe('a commit block is refused as INVALID_COMMIT', () => {
  const twice = [validOp(), validOp()]
  const otherHash = CID.createV1(DAG_CBOR, createDigest(0x16, testCid(1).multihash.digest))
  const looksLikeCid = { '/': 'x', bytes: 'x', version: 1, code: DAG_CBOR, multihash: { code: 0x12 } }
  const originCases = Object.entries({
    db: [new Uint8Array(31), 'text'],
    author: [new Uint8Array(33), null],
    commit: [body, testCid(1).toString(), null],
    sig: [new Uint8Array(63)],
  }).flatMap(([field, values]) =>
    values.map((value, i): [string, Fields, RegExp] => [
      `with another ${field} in an origin (${i})`,
      { ops: [validOp({ origin: validOrigin({ [field]: value }) })] },
      /origin/,
    ]),
  )
  const cases: readonly [name: string, change: Fields, rule: RegExp][] = [
    ['with an unknown field', { extra: 1 }, /unknown field/],
    ['with a short db', { db: new Uint8Array(31) }, /db/],
    ['with a db that is text', { db: 'x'.repeat(32) }, /db/],
    ['with more than 64 parents', { parents: cids(65) }, /parents/],
    ['with unsorted parents', { parents: cids(2).reverse() }, /parents/],
    ['with repeated parents', { parents: [testCid(1), testCid(1)] }, /parents/],
    ['with a parent that is a body', { parents: [body] }, /parents/],
    ['with a parent of another hash', { parents: [otherHash] }, /parents/],
    ['with a parent that is text', { parents: [testCid(1).toString()] }, /parents/],
    ['with a map in place of a parent', { parents: [looksLikeCid] }, /canonical/],
    ['with parents that are no list', { parents: null }, /parents/],
    ['with height 0', { height: 0 }, /height/],
    ['with a fractional height', { height: 1.5 }, /height/],
    ['with a height beyond 2^53', { height: 2n ** 60n }, /height/],
    ['with height 2 and no parents', { parents: [], height: 2 }, /height 1/],
    ['with a negative time', { time: -1 }, /time/],
    ['with a short author', { author: new Uint8Array(33) }, /author/],
    ['with a short grant', { grant: new Uint8Array(63) }, /grant/],
    ['with a short sig', { sig: new Uint8Array(65) }, /sig/],
    ['without ops', { ops: [] }, /ops/],
    ['with ops that are a map', { ops: { 0: validOp() } }, /ops/],
    ['with one id twice', { ops: twice }, /twice/],
    ['with an op that is a list', { ops: [[validOp()]] }, /unknown field/],
    ['with an unknown field in an op', { ops: [validOp({ file: {} })] }, /unknown field/],
    ['with an empty id', { ops: [validOp({ id: '' })] }, /id/],
    ['with an id over 4 KiB', { ops: [validOp({ id: 'é'.repeat(2049) })] }, /id/],
    ['with an id that is a number', { ops: [validOp({ id: 1 })] }, /id/],
    ['with more than 64 prev', { ops: [validOp({ prev: cids(65) })] }, /prev/],
    ['with unsorted prev', { ops: [validOp({ prev: cids(2).reverse() })] }, /prev/],
    ['with repeated prev', { ops: [validOp({ prev: [testCid(1), testCid(1)] })] }, /prev/],
    ['with a prev that is a body', { ops: [validOp({ prev: [body] })] }, /prev/],
    ['with a map in place of a body', { ops: [validOp({ body: looksLikeCid })] }, /canonical/],
    ['with a body that is a commit', { ops: [validOp({ body: testCid(1) })] }, /body/],
    ['with a body that is raw', { ops: [validOp({ body: testCid(1, RAW) })] }, /body/],
    ['with purge and a body', { ops: [validOp({ purge: true })] }, /purge/],
    ['with purge that is false', { ops: [validOp({ body: null, purge: false })] }, /purge/],
    ['with files in a deletion', { ops: [validOp({ body: null, files: digests(1) })] }, /files/],
    ['with files that are no list', { ops: [validOp({ files: null })] }, /files/],
    ['with files that are a map', { ops: [validOp({ files: {} })] }, /files/],
    ['with an empty list of files', { ops: [validOp({ files: [] })] }, /files/],
    ['with unsorted files', { ops: [validOp({ files: digests(2).reverse() })] }, /files/],
    ['with repeated files', { ops: [validOp({ files: [digests(1)[0], digests(1)[0]] })] }, /files/],
    ['with a short digest in files', { ops: [validOp({ files: [new Uint8Array(31)] })] }, /files/],
    ['with a CID in files', { ops: [validOp({ files: [testCid(1)] })] }, /files/],
    ['with an origin of a deletion', { ops: [validOp({ body: null, origin: validOrigin() })] }, /origin/],
    ['with an origin that is null', { ops: [validOp({ origin: null })] }, /origin/],
    ['with an origin that is a CID', { ops: [validOp({ origin: testCid(1) })] }, /origin/],
    [
      'with an unknown field in an origin',
      { ops: [validOp({ origin: { ...validOrigin(), v: 1 } })] },
      /origin/,
    ],
    ...originCases,
    ['with version 0', { v: 0 }, /version/],
    ['with a version that is text', { v: '1' }, /version/],
  ]

  it.each(cases)('%s', async (_, change, rule) => {
    expect(await verdictOn(dagCbor.encode(validCommit()))).toMatchObject({ code: 'VALID' })
    const refusal = await verdictOn(encodePlainCbor(validCommit(change)))
    expect(refusal).toMatchObject({ code: 'INVALID_COMMIT', message: expect.stringMatching(rule) })
  })

  it.each(Object.keys(validCommit()))('without the field %s', async field => {
    const { [field]: _, ...rest } = validCommit()
    expect(await verdictOn(dagCbor.encode(rest))).toMatchObject({ code: 'INVALID_COMMIT' })
  })

  it.each(['id', 'prev', 'body'])('without the field %s of an op', async field => {
    const { [field]: _, ...rest } = validOp()
    const bytes = dagCbor.encode(validCommit({ ops: [rest] }))
    expect(await verdictOn(bytes)).toMatchObject({ code: 'INVALID_COMMIT' })
  })

  it.each(['db', 'author', 'commit', 'sig'])('without the field %s of an origin', async field => {
    const { [field]: _, ...origin } = { ...validOrigin() } as Fields
    const bytes = dagCbor.encode(validCommit({ ops: [validOp({ origin })] }))
    expect(await verdictOn(bytes)).toMatchObject({ code: 'INVALID_COMMIT' })
  })

  it('with more than 1,024 files, and not with so many', async () => {
    const of = (count: number) => dagCbor.encode(validCommit({ ops: [validOp({ files: digests(count) })] }))
    expect(await verdictOn(of(1024))).toMatchObject({ code: 'VALID' })
    expect(await verdictOn(of(1025))).toMatchObject({ code: 'INVALID_COMMIT' })
  })

  it.each([null, 1, 'text', [], new Uint8Array(3), testCid(1)])('that is %s', async value => {
    expect(await verdictOn(dagCbor.encode(value))).toMatchObject({ code: 'INVALID_COMMIT' })
  })

  it('that is no DAG-CBOR by its id, or larger than 16 MiB', async () => {
    const bytes = dagCbor.encode(validCommit())
    const raw = await blockOf(bytes, RAW)
    expect(() => decodeCommit(raw)).toThrow(expect.objectContaining({ code: 'INVALID_COMMIT' }))
    const large = { cid: testCid(1), bytes: new Uint8Array(COMMIT_LIMITS.commitBytes + 1) }
    expect(() => decodeCommit(large)).toThrow(expect.objectContaining({ code: 'INVALID_COMMIT' }))
  })
})

describe('an encoding that is not the canonical one is refused', () => {
  const canonical = encodePlainCbor(validCommit())
  const entries = sortedEntries(validCommit()) as [string, unknown][]
  const withId = (...bytes: number[]) =>
    encodePlainCbor(validCommit({ ops: [validOp({ id: new Encoded(...bytes) })] }))
  const withHeight = (...bytes: number[]) => encodePlainCbor(validCommit({ height: new Encoded(...bytes) }))
  const cases: readonly [name: string, bytes: Uint8Array][] = [
    ['keys in another order', encodePlainCbor(new Map(entries.toReversed()))],
    [
      'a key twice',
      concatBytes(Uint8Array.of(0xaa), canonical.subarray(1), encodePlainCbor('v'), Uint8Array.of(1)),
    ],
    ['an integer as half float', withHeight(0xf9, 0x40, 0x00)],
    ['an integer as double', withHeight(0xfb, 0x40, 0, 0, 0, 0, 0, 0, 0)],
    ['an integer in more bytes than needed', withHeight(0x18, 0x02)],
    ['an integer as big number', withHeight(0xc2, 0x41, 0x02)],
    ['minus zero', encodePlainCbor(validCommit({ time: new Encoded(0xfb, 0x80, 0, 0, 0, 0, 0, 0, 0) }))],
    ['text in invalid UTF-8', withId(0x62, 0x61, 0xff)],
    ['text with an encoded surrogate', withId(0x63, 0xed, 0xa0, 0x80)],
    ['text of unknown length', withId(0x7f, 0x61, 0x61, 0xff)],
    ['a map of unknown length', concatBytes(Uint8Array.of(0xbf), canonical.subarray(1), Uint8Array.of(0xff))],
    ['bytes after the end', concatBytes(canonical, Uint8Array.of(0))],
    ['bytes missing at the end', canonical.subarray(0, -1)],
    [
      'undefined in place of null',
      encodePlainCbor(validCommit({ ops: [validOp({ body: new Encoded(0xf7) })] })),
    ],
    ['a field named __proto__', encodePlainCbor(new Map([...entries, ['__proto__', { v: 1 }]]))],
    ['all fields behind __proto__', encodePlainCbor(new Map([['__proto__', validCommit()]]))],
    ['nesting without end', new Uint8Array(200_000).fill(0x81)],
  ]

  it.each(cases)('%s', async (_, bytes) => {
    expect(await verdictOn(canonical)).toMatchObject({ code: 'VALID' })
    expect(await verdictOn(bytes)).toMatchObject({ code: 'INVALID_COMMIT' })
  })

  it('whatever the bytes are, and never with another error than ours', async () => {
    const keys = [
      'v',
      'db',
      'ops',
      'parents',
      'id',
      'prev',
      'body',
      '/',
      'bytes',
      'code',
      'multihash',
      'asCID',
    ]
    const { value } = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom(
          testCid(1),
          body,
          null,
          true,
          'x',
          1,
          -1,
          1.5,
          new Uint8Array(32),
          new Uint8Array(64),
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
      ),
    }))
    const cbor = fc
      .dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 })
      .map(change => encodePlainCbor(validCommit(change)))
    const spliced = fc
      .tuple(fc.nat(canonical.length), fc.nat(8), fc.uint8Array({ maxLength: 8 }))
      .map(([at, length, bytes]) =>
        concatBytes(canonical.subarray(0, at), bytes, canonical.subarray(at + length)),
      )
    const hostile = fc.oneof(fc.uint8Array({ maxLength: 400 }), cbor, spliced)
    const property = fc.asyncProperty(hostile, async bytes => {
      const { code } = await verdictOn(bytes)
      expect(['VALID', 'INVALID_COMMIT', 'UNSUPPORTED_FORMAT']).toContain(code)
    })
    await fc.assert(property, { numRuns: runs(600) })
  })
})

describe('a commit of a version that is not known yet', () => {
  it.each([2, 3, Number.MAX_SAFE_INTEGER])('%i is set apart, whatever its other fields', async v => {
    for (const fields of [validCommit({ v }), { v }, { v, ops: 'something new', ext: [1.5] }]) {
      expect(await verdictOn(dagCbor.encode(fields))).toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
    }
  })
})
