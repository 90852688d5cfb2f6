import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { TestDatabase } from './fixtures/test-database.js'
import { IssuerAdmission } from './issuer-admission.js'
import {
  type IssuerKey,
  jwksIssuerKey,
  pemIssuerKey,
  remoteIssuerKey,
  secretIssuerKey,
} from './issuer-keys.js'
import { SecretAdmission } from './secret-admission.js'

const FORBIDDEN = expect.objectContaining({ code: 'FORBIDDEN' })
const INVALID = expect.objectContaining({ code: 'INVALID_OPTION' })
const NOW = Date.UTC(2026, 0, 1)
const logId = new TestDatabase().logId
const WRITE = { logId, permission: 'write' } as const

describe('admission by secret', () => {
  it('lets in who knows one of the two secrets', async () => {
    const admission = SecretAdmission.open(['the-new-secret-of-2026', 'the-old-secret-of-2025'])
    await admission.check('the-new-secret-of-2026')
    await admission.check('the-old-secret-of-2025')
    await expect(admission.check('the-old-secret-of-2024')).rejects.toEqual(FORBIDDEN)
    await expect(admission.check('')).rejects.toEqual(FORBIDDEN)
    await expect(admission.check(undefined)).rejects.toEqual(FORBIDDEN)
  })

  it('takes one or two secrets that are no short words', () => {
    expect(() => SecretAdmission.open([])).toThrow(INVALID)
    expect(() => SecretAdmission.open(['short'])).toThrow(INVALID)
    expect(() => SecretAdmission.open(['a', 'b', 'c'].map(letter => letter.repeat(20)))).toThrow(INVALID)
  })
})

class Issuer {
  readonly pair: { publicKey: KeyObject; privateKey: KeyObject }
  readonly algorithm: string

  constructor(algorithm = 'RS256') {
    this.algorithm = algorithm
    if (algorithm === 'ES256') this.pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    else if (algorithm === 'EdDSA') this.pair = generateKeyPairSync('ed25519')
    else this.pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  }

  get pem(): string {
    return this.pair.publicKey.export({ type: 'spki', format: 'pem' }) as string
  }

  sign(
    claims: JWTPayload = {},
    header: { alg?: string; kid?: string } = {},
    key?: KeyObject,
  ): Promise<string> {
    const iat = NOW / 1000
    const payload = { sub: 'ada', db: logId, perm: 'write', iat, exp: iat + 3600, ...claims }
    return new SignJWT(payload)
      .setProtectedHeader({ alg: this.algorithm, ...header })
      .sign(key ?? this.pair.privateKey)
  }
}

function admitBy(...keys: IssuerKey[]): IssuerAdmission {
  return IssuerAdmission.open({ keys, now: () => NOW, issuer: undefined, audience: undefined })
}

describe('admission by issuer', () => {
  it.each(['RS256', 'ES256', 'EdDSA'])(
    'lets in with a JWT by %s that a public key in PEM verifies',
    async algorithm => {
      const issuer = new Issuer(algorithm)
      await admitBy(pemIssuerKey(issuer.pem)).check(await issuer.sign(), WRITE)
      const stranger = new Issuer(algorithm)
      await expect(admitBy(pemIssuerKey(issuer.pem)).check(await stranger.sign(), WRITE)).rejects.toEqual(
        FORBIDDEN,
      )
    },
  )

  it.each(['sub', 'db', 'perm', 'iat', 'exp'])('refuses a JWT without `%s`', async claim => {
    const issuer = new Issuer('EdDSA')
    const jwt = await issuer.sign({ [claim]: undefined })
    await expect(admitBy(pemIssuerKey(issuer.pem)).check(jwt, WRITE)).rejects.toEqual(FORBIDDEN)
  })

  it('refuses a JWT that is for another database, has expired, or lets read only', async () => {
    const issuer = new Issuer('EdDSA')
    const admission = admitBy(pemIssuerKey(issuer.pem))
    const other = await issuer.sign({ db: new TestDatabase().logId })
    const old = await issuer.sign({ exp: NOW / 1000 - 10 })
    const reader = await issuer.sign({ perm: 'read' })
    for (const jwt of [other, old, reader, '', undefined]) {
      await expect(admission.check(jwt, WRITE)).rejects.toEqual(FORBIDDEN)
    }
    await admission.check(reader, { logId, permission: 'read' })
  })

  it('checks `iss` and `aud` where they are asked for', async () => {
    const issuer = new Issuer('EdDSA')
    const keys = [pemIssuerKey(issuer.pem)]
    const admission = IssuerAdmission.open({
      keys,
      issuer: 'https://id.example',
      audience: 'sync',
      now: () => NOW,
    })
    await admission.check(await issuer.sign({ iss: 'https://id.example', aud: 'sync' }), WRITE)
    await expect(admission.check(await issuer.sign({ iss: 'https://id.example' }), WRITE)).rejects.toEqual(
      FORBIDDEN,
    )
    await expect(admission.check(await issuer.sign({ aud: 'sync' }), WRITE)).rejects.toEqual(FORBIDDEN)
  })

  it('accepts two keys at once, of any kind, and no three', async () => {
    const old = new Issuer('RS256')
    const secret = 'a secret that issuer and server share'
    const admission = admitBy(pemIssuerKey(old.pem), secretIssuerKey(secret))
    await admission.check(await old.sign(), WRITE)
    await admission.check(await old.sign({}, { alg: 'HS256' }, createSecretKey(secret, 'utf8')), WRITE)
    const three = [1, 2, 3].map(() => secretIssuerKey(secret))
    expect(() => admitBy(...three)).toThrow(INVALID)
    expect(() => admitBy()).toThrow(INVALID)
  })

  it('refuses `none`, and an HMAC whose secret is the public key', async () => {
    const issuer = new Issuer('RS256')
    const admission = admitBy(pemIssuerKey(issuer.pem))
    const forged = await issuer.sign({}, { alg: 'HS256' }, createSecretKey(issuer.pem, 'utf8'))
    await expect(admission.check(forged, WRITE)).rejects.toEqual(FORBIDDEN)
    const [, payload] = (await issuer.sign()).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    await expect(admission.check(`${header}.${payload}.`, WRITE)).rejects.toEqual(FORBIDDEN)
  })

  it('reads a JWK set, in which symmetric keys are of no use', async () => {
    const issuer = new Issuer('ES256')
    const secret = Buffer.alloc(32, 7)
    const keys = [
      { ...(await exportJWK(issuer.pair.publicKey)), kid: 'a' },
      { kty: 'oct', k: secret.toString('base64url'), kid: 'b' },
    ]
    const admission = admitBy(jwksIssuerKey(JSON.stringify({ keys })))
    await admission.check(await issuer.sign({}, { kid: 'a' }), WRITE)
    const forged = await issuer.sign({}, { alg: 'HS256', kid: 'b' }, createSecretKey(secret))
    await expect(admission.check(forged, WRITE)).rejects.toEqual(FORBIDDEN)
  })

  it('fetches a JWK set, and says that it is away when it is', async () => {
    const issuer = new Issuer('ES256')
    const keys = [{ ...(await exportJWK(issuer.pair.publicKey)), kid: 'a' }]
    const server = createServer((_, response) => response.end(JSON.stringify({ keys })))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
    const jwt = await issuer.sign({}, { kid: 'a' })
    await admitBy(remoteIssuerKey(address)).check(jwt, WRITE)
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    const away = expect.objectContaining({ code: 'REMOTE_UNAVAILABLE' })
    await expect(admitBy(remoteIssuerKey(address)).check(jwt, WRITE)).rejects.toEqual(away)
  })

  it('takes no private key, no weak secret, no set that does not parse, and no plain http', () => {
    const { privateKey } = new Issuer('EdDSA').pair
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    expect(() => pemIssuerKey(pem)).toThrow(INVALID)
    expect(() => pemIssuerKey('no key')).toThrow(INVALID)
    expect(() => secretIssuerKey('short')).toThrow(INVALID)
    expect(() => jwksIssuerKey('{')).toThrow(INVALID)
    expect(() => jwksIssuerKey('{}')).toThrow(INVALID)
    expect(() => remoteIssuerKey('http://id.example/jwks')).toThrow(INVALID)
  })
})
