import { FirekeepError } from '@firekeep/core/protocol'
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Admission, AdmissionUse } from './admission.js'
import { forbidden } from './auth-error.js'
import type { IssuerKey } from './issuer-keys.js'

export interface IssuerAdmissionParts {
  /** One, or two while one takes the place of the other. */
  readonly keys: readonly IssuerKey[]
  /** What `iss` and `aud` have to be, where that is asked for. */
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
  readonly now: () => number
}

/** Lets in who has a JWT of an issuer for this database and right: `exp`, `iat`, `sub`, `db` and `perm` are required. */
export class IssuerAdmission implements Admission {
  readonly #parts: IssuerAdmissionParts

  constructor(parts: IssuerAdmissionParts) {
    this.#parts = parts
  }

  /** `INVALID_OPTION` unless there are one or two keys. */
  static open(parts: IssuerAdmissionParts): IssuerAdmission {
    if (parts.keys.length < 1 || parts.keys.length > 2) {
      throw new FirekeepError(
        'INVALID_OPTION',
        'admission by issuer takes one key of it, or two while one is replaced',
      )
    }
    return new IssuerAdmission(parts)
  }

  async check(text: string | undefined, { logId, permission }: AdmissionUse): Promise<void> {
    if (text === undefined) throw forbidden('this server asks for a JWT of its issuer')
    const { sub, db, perm } = await this.#verify(text)
    if (typeof sub !== 'string' || sub === '') throw forbidden('the JWT of the issuer names no `sub`')
    if (db !== logId) throw forbidden('the JWT of the issuer is for another database')
    if (perm !== 'write' && perm !== 'read') throw forbidden('the `perm` of the JWT is `read` or `write`')
    if (perm === 'read' && permission === 'write') throw forbidden('the JWT of the issuer lets read only')
  }

  async #verify(text: string): Promise<JWTPayload> {
    const { keys, issuer, audience, now } = this.#parts
    let failure: unknown
    for (const { key, algorithms } of keys) {
      const options: JWTVerifyOptions = {
        algorithms: [...algorithms],
        requiredClaims: ['exp', 'iat', 'sub', 'db', 'perm'],
        currentDate: new Date(now()),
        clockTolerance: 5,
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
      }
      try {
        return (await jwtVerify(text, key as JWTVerifyGetKey, options)).payload
      } catch (error) {
        failure = isUnavailable(failure) ? failure : error
      }
    }
    throw isUnavailable(failure)
      ? new FirekeepError('REMOTE_UNAVAILABLE', 'the keys of the issuer cannot be fetched', {
          cause: failure,
        })
      : forbidden('the JWT of the issuer does not hold', failure)
  }
}

function isUnavailable(error: unknown): boolean {
  if (error === undefined) return false
  // What is no verdict of jose on the JWT comes from fetching the keys.
  return error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)
}
