import { describe, expect, it } from 'vitest'
import { concatBytes, utf8ToBytes } from '../primitives/bytes.js'
import { createAuthor, createGrantVerifier, signCommitBytes, verifyCommitSignature } from './identity.js'
import { deriveSecrets } from './secrets.js'

const secretsOf = (seed: number) => deriveSecrets(new Uint8Array(32).fill(seed))
const seedOf = (seed: number) => new Uint8Array(32).fill(seed)
const commit = utf8ToBytes('an encoded commit')

describe('an author', () => {
  it('is granted by the write key of its database', async () => {
    const secrets = await secretsOf(1)
    const author = await createAuthor(seedOf(9), secrets)
    const isGranted = createGrantVerifier(secrets.writeKey.publicKey, secrets.lineage)
    expect(author.grant).toHaveLength(64)
    expect(await isGranted(author.publicKey, author.grant)).toBe(true)
    expect(await isGranted(author.publicKey, author.grant)).toBe(true)
  })

  it('is not granted by another database, for another author, or by a damaged grant', async () => {
    const [here, there] = await Promise.all([secretsOf(1), secretsOf(2)])
    const author = await createAuthor(seedOf(9), here)
    const other = await createAuthor(seedOf(8), here)
    const isGranted = createGrantVerifier(here.writeKey.publicKey, here.lineage)
    const isGrantedThere = createGrantVerifier(there.writeKey.publicKey, there.lineage)
    const isGrantedMixed = createGrantVerifier(here.writeKey.publicKey, there.lineage)
    expect(await isGranted(author.publicKey, author.grant)).toBe(true)
    expect(await isGranted(other.publicKey, author.grant)).toBe(false)
    expect(await isGranted(author.publicKey, author.grant.with(0, 255))).toBe(false)
    expect(await isGranted(author.publicKey, new Uint8Array(0))).toBe(false)
    expect(await isGranted(new Uint8Array(31), author.grant)).toBe(false)
    expect(await isGrantedThere(author.publicKey, author.grant)).toBe(false)
    expect(await isGrantedMixed(author.publicKey, author.grant)).toBe(false)
  })

  it('signs commits so that only these bytes by this author verify', async () => {
    const secrets = await secretsOf(1)
    const author = await createAuthor(seedOf(9), secrets)
    const other = await createAuthor(seedOf(8), secrets)
    const sig = await signCommitBytes(author, commit)
    expect(await verifyCommitSignature(author.publicKey, commit, sig)).toBe(true)
    expect(await verifyCommitSignature(other.publicKey, commit, sig)).toBe(false)
    expect(await verifyCommitSignature(author.publicKey, commit.with(0, 0), sig)).toBe(false)
  })

  it('signs grants and commits behind the prefixes of the format', async () => {
    const secrets = await secretsOf(1)
    const author = await createAuthor(seedOf(9), secrets)
    const granted = concatBytes(utf8ToBytes('firekeep/1/grant\0'), secrets.lineage, author.publicKey)
    const signed = concatBytes(utf8ToBytes('firekeep/1/commit\0'), commit)
    expect(author.grant).toEqual(await secrets.writeKey.sign(granted))
    expect(await signCommitBytes(author, commit)).toEqual(await author.sign(signed))
  })

  it('cannot pass a signature for one purpose off as one for another', async () => {
    const secrets = await secretsOf(1)
    const author = await createAuthor(seedOf(9), secrets)
    const bare = await author.sign(commit)
    expect(await verifyCommitSignature(author.publicKey, commit, bare)).toBe(false)
    const isGranted = createGrantVerifier(author.publicKey, secrets.lineage)
    const commitLike = new Uint8Array([...secrets.lineage, ...author.publicKey])
    expect(await isGranted(author.publicKey, await signCommitBytes(author, commitLike))).toBe(false)
  })
})
