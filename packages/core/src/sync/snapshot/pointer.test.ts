import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { DAG_CBOR, RAW } from '../../codec/block.js'
import { compareCids, createCid } from '../../codec/cid.js'
import { createAuthor, createGrantVerifier } from '../../crypto/identity.js'
import { createSealer } from '../../crypto/seal.js'
import { deriveSecrets } from '../../crypto/secrets.js'
import { compareBytes, toBase32, toHex } from '../../primitives/bytes.js'
import { encodePointer, openPointer, type SnapshotClaim } from './pointer.js'

const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })
const size = fc.nat(2 ** 40)

const claims: fc.Arbitrary<SnapshotClaim> = fc.record({
  seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  hash: digest,
  heads: fc
    .uniqueArray(digest, { minLength: 1, maxLength: 5, selector: toHex })
    .map(digests => digests.map(each => createCid(DAG_CBOR, each)).sort(compareCids)),
  docs: digest.map(each => createCid(RAW, each)),
  history: digest.map(each => createCid(RAW, each)),
  packs: fc.array(
    fc.record({
      name: digest.map(toBase32),
      length: size.map(length => length + 1),
      directory: fc.record({ offset: size, length: size }),
      kind: fc.constantFrom('tree' as const, 'history' as const),
      bytes: size,
    }),
    { maxLength: 4 },
  ),
  files: fc.uniqueArray(digest, { maxLength: 4, selector: toHex }).map(digests => digests.sort(compareBytes)),
})

const [CLAIM] = fc.sample(claims, { numRuns: 1, seed: 1 }) as [SnapshotClaim]

async function open() {
  const secrets = await deriveSecrets(new Uint8Array(32).fill(7))
  const { contentKey, lineage, writePublicKey } = secrets
  const sealer = await createSealer({ contentKey, lineage, kind: 'pointer', logId: lineage })
  const author = await createAuthor(new Uint8Array(32).fill(1), secrets)
  return { secrets, author, checks: { sealer, verifyGrant: createGrantVerifier(writePublicKey, lineage) } }
}

describe('a pointer', () => {
  it('opens as what was signed, by whom', async () => {
    const { author, checks } = await open()
    const property = fc.asyncProperty(claims, async claim => {
      const pointer = await encodePointer(claim, author, checks.sealer)
      expect(pointer.seq).toBe(claim.seq)
      const files = claim.files.map(toBase32)
      expect(pointer.blobs).toEqual([...claim.packs.map(({ name }) => name), ...files])
      expect(await openPointer(pointer, checks)).toEqual({ ...claim, author: author.publicKey })
    })
    await fc.assert(property, { numRuns: runs(30) })
  })

  it('does not open when a byte of it differs, or for another log', async () => {
    const { author, checks, secrets } = await open()
    const pointer = await encodePointer(CLAIM, author, checks.sealer)
    for (let at = 0; at < pointer.sealed.length; at += 7) {
      const sealed = pointer.sealed.slice()
      sealed[at] = (sealed[at] as number) ^ 1
      const opening = openPointer({ ...pointer, sealed }, checks)
      await expect(opening).rejects.toMatchObject({ code: at === 4 ? 'UNSUPPORTED_FORMAT' : 'CORRUPT' })
    }
    const { contentKey, lineage } = secrets
    const logId = Uint8Array.from([...lineage, ...new Uint8Array(16)])
    const sealer = await createSealer({ contentKey, lineage, kind: 'pointer', logId })
    await expect(openPointer(pointer, { ...checks, sealer })).rejects.toMatchObject({ code: 'CORRUPT' })
  })

  it('does not open when its envelope says something else', async () => {
    const { author, checks } = await open()
    const pack = { name: toBase32(new Uint8Array(32)), length: 9, directory: { offset: 1, length: 1 } }
    const claim = { ...CLAIM, packs: [{ ...pack, kind: 'tree' as const, bytes: 1 }] }
    const pointer = await encodePointer(claim, author, checks.sealer)
    for (const other of [{ seq: claim.seq + 1 }, { blobs: [] }]) {
      await expect(openPointer({ ...pointer, ...other }, checks)).rejects.toMatchObject({ code: 'CORRUPT' })
    }
    const more = { blobs: [...pointer.blobs, 'x'] }
    expect(await openPointer({ ...pointer, ...more }, checks)).toMatchObject({ seq: claim.seq })
  })

  it('names the author whose grant or signature does not hold', async () => {
    const { author, checks, secrets } = await open()
    const stranger = await createAuthor(
      new Uint8Array(32).fill(3),
      await deriveSecrets(new Uint8Array(32).fill(4)),
    )
    const forger = {
      ...(await createAuthor(new Uint8Array(32).fill(5), secrets)),
      publicKey: author.publicKey,
    }
    for (const signer of [stranger, { ...forger, grant: author.grant }]) {
      const pointer = await encodePointer(CLAIM, signer, checks.sealer)
      await expect(openPointer(pointer, checks)).rejects.toMatchObject({
        code: 'CORRUPT',
        details: { author: toHex(signer.publicKey) },
      })
    }
  })

  it.each([
    ['an unknown field', { more: 1 }],
    ['a place before the first entry', { seq: 0 }],
    ['no heads', { heads: [] }],
    ['a head that is no commit', { heads: [CLAIM.docs] }],
    ['a root that is no node', { docs: CLAIM.heads[0] }],
    ['a pack with a name that is none', { packs: [{ ...CLAIM.packs[0], name: '../keys' }] }],
    ['files', { files: ['x'] }],
  ])('does not open with %s, although it is signed', async (_, change) => {
    const { author, checks } = await open()
    const { publicKey, grant } = author
    const fields = { v: 1, ...CLAIM, files: [], author: publicKey, grant, ...change }
    const sealed = await checks.sealer.seal(dagCbor.encode({ ...fields, sig: new Uint8Array(64) }))
    const opening = openPointer({ seq: CLAIM.seq, blobs: [], sealed }, checks)
    await expect(opening).rejects.toThrow('it does not decode')
  })

  it('of a newer version says so', async () => {
    const { checks } = await open()
    const sealed = await checks.sealer.seal(dagCbor.encode({ v: 2 }))
    const opening = openPointer({ seq: 1, blobs: [], sealed }, checks)
    await expect(opening).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' })
  })
})
