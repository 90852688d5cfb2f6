import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { TestDatabase, type TokenOptions } from './fixtures/test-database.js'
import { TokenVerifier } from './token-verifier.js'

const AUDIENCE = 'https://sync.example.org'
const NOW = Date.UTC(2026, 0, 1)

class Verifying {
  now = NOW
  readonly database = new TestDatabase()
  readonly verifier = new TokenVerifier(() => this.now)
  readonly use = { logId: this.database.logId, audiences: [AUDIENCE] }

  async verify(options: Partial<TokenOptions> = {}) {
    const token = await this.database.token({ audience: AUDIENCE, now: NOW, ...options })
    return this.verifier.verify(token, this.use)
  }
}

const UNAUTHORIZED = expect.objectContaining({ code: 'UNAUTHORIZED' })

describe('a token', () => {
  it('gives the right of the key that signed it, until it expires', async () => {
    const verifying = new Verifying()
    const expires = NOW + 600_000
    expect(await verifying.verify()).toEqual({ permission: 'write', expires })
    expect(await verifying.verify({ permission: 'read' })).toEqual({ permission: 'read', expires })
  })

  it('for writing that the read key signed is refused, and the other way round', async () => {
    const verifying = new Verifying()
    const { read, write } = verifying.database
    await expect(verifying.verify({ permission: 'write', signer: read.privateKey })).rejects.toEqual(
      UNAUTHORIZED,
    )
    await expect(verifying.verify({ permission: 'read', signer: write.privateKey })).rejects.toEqual(
      UNAUTHORIZED,
    )
  })

  it.each([
    ['for another server', { audience: 'https://evil.example' }],
    ['for another log', { claims: { db: new TestDatabase().logId } }],
    ['with keys that the log id is not the hash of', { claims: { rk: new TestDatabase().rk } }],
    ['with a right that there is not', { claims: { perm: 'admin' } }],
    ['with several audiences', { claims: { aud: [AUDIENCE, 'https://b.example'] } }],
    ['that holds for too long', { lifetime: 601 }],
    ['from the future', { now: NOW + 62_000 }],
    ['that has expired', { now: NOW - 601_000 }],
    ['without `exp`', { claims: { exp: undefined } }],
    ['with an `exp` that is no number', { claims: { exp: '9999999999' } }],
    ['without `iat`', { claims: { iat: undefined } }],
    ['that a stranger signed', { signer: generateKeyPairSync('ed25519').privateKey }],
  ] satisfies [string, Partial<TokenOptions>][])('%s is refused', async (_, options) => {
    await expect(new Verifying().verify(options)).rejects.toEqual(UNAUTHORIZED)
  })

  it('by another algorithm is refused, also where its secret is the public key', async () => {
    const verifying = new Verifying()
    const secret = createSecretKey(Buffer.from(verifying.database.wk, 'base64url'))
    await expect(verifying.verify({ algorithm: 'HS256', signer: secret })).rejects.toEqual(UNAUTHORIZED)
    const token = await verifying.database.token({ audience: AUDIENCE, now: NOW })
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const unsigned = `${header}.${token.split('.')[1]}.`
    await expect(verifying.verifier.verify(unsigned, verifying.use)).rejects.toEqual(UNAUTHORIZED)
  })

  it('that is no token is refused', async () => {
    const { verifier, use } = new Verifying()
    for (const text of ['', 'a.b.c', 'x'.repeat(4096), 'null']) {
      await expect(verifier.verify(text, use)).rejects.toEqual(UNAUTHORIZED)
    }
  })

  it('that was good before is refused once it has expired, and for another log', async () => {
    const verifying = new Verifying()
    await verifying.verify()
    const token = await verifying.database.token({ audience: AUDIENCE, now: NOW })
    const other = { ...verifying.use, logId: new TestDatabase().logId }
    await verifying.verifier.verify(token, verifying.use)
    await expect(verifying.verifier.verify(token, other)).rejects.toEqual(UNAUTHORIZED)
    verifying.now = NOW + 600_000
    await expect(verifying.verifier.verify(token, verifying.use)).rejects.toEqual(UNAUTHORIZED)
  })

  it('whose signature differs in one bit is refused after the right one was seen', async () => {
    const { database, verifier, use } = new Verifying()
    const token = await database.token({ audience: AUDIENCE, now: NOW })
    await verifier.verify(token, use)
    const [header, payload, signature] = token.split('.') as [string, string, string]
    const bytes = Buffer.from(signature, 'base64url')
    bytes[0] = (bytes[0] as number) ^ 1
    const forged = `${header}.${payload}.${bytes.toString('base64url')}`
    await expect(verifier.verify(forged, use)).rejects.toEqual(UNAUTHORIZED)
  })
})
