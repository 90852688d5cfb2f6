import { createHash, timingSafeEqual } from 'node:crypto'
import { FirekeepError } from '@firekeep/core/protocol'
import type { Admission } from './admission.js'
import { forbidden } from './auth-error.js'

const LEAST_CHARACTERS = 16

/** Lets in who knows a secret of the operator. Two are accepted, so that one can take the place of the other. */
export class SecretAdmission implements Admission {
  readonly #hashes: readonly Buffer[]

  constructor(secrets: readonly string[]) {
    this.#hashes = secrets.map(hashOf)
  }

  /** `INVALID_OPTION` unless there are one or two secrets of 16 characters at least. */
  static open(secrets: readonly string[]): SecretAdmission {
    if (secrets.length < 1 || secrets.length > 2) {
      throw new FirekeepError(
        'INVALID_OPTION',
        'admission by secret takes one secret, or two while one is replaced',
      )
    }
    if (secrets.some(secret => secret.length < LEAST_CHARACTERS)) {
      throw new FirekeepError(
        'INVALID_OPTION',
        `an admission secret has at least ${LEAST_CHARACTERS} characters`,
      )
    }
    return new SecretAdmission(secrets)
  }

  async check(text: string | undefined): Promise<void> {
    const given = hashOf(text ?? '')
    // All are compared, each in constant time: how long it takes says nothing.
    const matches = this.#hashes.filter(hash => timingSafeEqual(hash, given))
    if (text === undefined || matches.length === 0)
      throw forbidden('this server asks for its admission secret')
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
