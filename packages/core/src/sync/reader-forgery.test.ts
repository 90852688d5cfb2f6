import { describe, expect, it } from 'vitest'
import { encodeCar } from '../codec/car.js'
import { importSigningKey, type SigningKey } from '../crypto/ed25519.js'
import { type Author, createAuthor, createGrantVerifier } from '../crypto/identity.js'
import { deriveReadSecrets, deriveSecrets, readSecretOf } from '../crypto/secrets.js'
import type { FirekeepError } from '../errors.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { LogForger } from './fixtures/log-forger.js'
import { readCommits } from './read-commits.js'

const KEY = new Uint8Array(32).fill(7)

/** What somebody can make who was given the right to read, and a replica that checks it. */
async function createReader() {
  const honest = await LogForger.create(KEY)
  const { lineage, contentKey, readKey, writePublicKey } = await deriveReadSecrets(
    readSecretOf(honest.secrets),
  )
  const own = await importSigningKey(new Uint8Array(32).fill(3))
  const grantBy = (writeKey: SigningKey) => createAuthor(new Uint8Array(32).fill(3), { lineage, writeKey })
  const reported: FirekeepError[] = []
  const checks = {
    lineage,
    verifyGrant: createGrantVerifier(writePublicKey, lineage),
    report: (error: FirekeepError) => reported.push(error),
    slice: new TimeSlice(platformPace),
  }
  return { honest, own, contentKey, readKey, writePublicKey, grantBy, checks, reported }
}

type Reader = Awaited<ReturnType<typeof createReader>>

describe('a commit by somebody who may only read', () => {
  it.each<[string, (reader: Reader) => Promise<Author>]>([
    ['who grants himself the right', ({ own, grantBy }) => grantBy(own)],
    ['who grants it with the read key', ({ readKey, grantBy }) => grantBy(readKey)],
    [
      'who makes the content key a signing key',
      async ({ contentKey, grantBy }) => grantBy(await importSigningKey(contentKey)),
    ],
    [
      'who derives a write key from what he has',
      async ({ contentKey, grantBy }) => grantBy((await deriveSecrets(contentKey)).writeKey),
    ],
    [
      'who writes with the read key',
      async ({ readKey, grantBy }) => ({
        ...(await grantBy(readKey)),
        publicKey: readKey.publicKey,
        sign: readKey.sign,
      }),
    ],
    [
      'who takes the grant of an author',
      async ({ honest, grantBy, own }) => ({ ...(await grantBy(own)), grant: honest.author.grant }),
    ],
    [
      'who takes name and grant of an author',
      async ({ honest, own }) => ({ ...honest.author, sign: own.sign }),
    ],
    [
      'who names the write key as the author',
      async ({ honest, own, writePublicKey }) => ({
        publicKey: writePublicKey,
        grant: honest.author.grant,
        sign: own.sign,
      }),
    ],
    ['without a grant', async ({ own, grantBy }) => ({ ...(await grantBy(own)), grant: new Uint8Array(64) })],
  ])('%s is dropped and reported, and the rest goes on', async (_, forge) => {
    const reader = await createReader()
    const { honest, checks, reported } = reader
    const forged = await honest.put('x', { by: 'a reader' }, { author: await forge(reader) })
    const good = await honest.put('y', { by: 'a writer' })
    const { commits } = await readCommits(encodeCar([], [...forged.blocks, ...good.blocks]), checks)
    expect(commits.map(({ commit }) => commit.cid.toString())).toEqual([good.commit.cid.toString()])
    expect(reported).toMatchObject([{ code: 'INVALID_COMMIT' }])
  })

  it('is taken where the write key granted it: only that is missing', async () => {
    const { honest, grantBy, checks, reported } = await createReader()
    const granted = await honest.put('x', {}, { author: await grantBy(honest.secrets.writeKey) })
    const { commits } = await readCommits(encodeCar([], granted.blocks), checks)
    expect(commits.length).toBe(1)
    expect(reported).toEqual([])
  })
})
