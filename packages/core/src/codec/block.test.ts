import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { describe, expect, it } from 'vitest'
import { DAG_CBOR, DAG_JSON, hashBlock, RAW, verifyBlock } from './block.js'
import { cidToKey, compareCids, createCid, parseCid } from './cid.js'

const sizes = [0, 1, 300, 4095, 4096, 100_000]

describe('a block', () => {
  it.each(sizes)('of %i bytes has the SHA-256 of its bytes as id, and verifies', async size => {
    const bytes = new Uint8Array(size).fill(7)
    const block = await hashBlock(DAG_CBOR, bytes)
    expect(Buffer.from(block.cid.multihash.digest)).toEqual(createHash('sha256').update(bytes).digest())
    expect(block.cid.code).toBe(DAG_CBOR)
    await verifyBlock(block)
  })

  it('below 4 KiB is hashed and verified without waiting', () => {
    const block = hashBlock(DAG_JSON, new Uint8Array(4095))
    expect(block).not.toBeInstanceOf(Promise)
    if (!(block instanceof Promise)) expect(verifyBlock(block)).toBeUndefined()
  })

  it.each(sizes.slice(1))('of %i bytes with one changed bit is corrupt', async size => {
    const bytes = new Uint8Array(size)
    const { cid } = await hashBlock(RAW, bytes)
    const changed = bytes.with(size - 1, 1)
    await expect(async () => verifyBlock({ cid, bytes: changed })).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('whose id is not a CIDv1 of SHA-256 is corrupt, whatever its bytes', async () => {
    const bytes = new Uint8Array(32)
    const identity = CID.createV1(RAW, createDigest(0, bytes))
    const sha512 = CID.createV1(RAW, createDigest(0x13, createHash('sha512').update(bytes).digest()))
    const short = createCid(RAW, createHash('sha256').update(bytes).digest().subarray(0, 20))
    for (const cid of [identity, sha512, short]) {
      await expect(async () => verifyBlock({ cid, bytes })).rejects.toMatchObject({ code: 'CORRUPT' })
    }
  })
})

describe('a content id', () => {
  it('is compared as its bytes', () => {
    const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(digest, digest, (a, b) => {
        const [x, y] = [createCid(DAG_CBOR, a), createCid(DAG_CBOR, b)]
        expect(compareCids(x, y)).toBe(Buffer.compare(x.bytes, y.bytes))
        expect(cidToKey(x) === cidToKey(y)).toBe(x.equals(y))
      }),
    )
  })

  it('is parsed from its text, and anything else is an invalid option', () => {
    const cid = createCid(DAG_CBOR, new Uint8Array(32))
    expect(parseCid(cid.toString()).equals(cid)).toBe(true)
    for (const text of ['', 'nonsense', 5, null]) {
      expect(() => parseCid(text)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
    }
  })
})
