import { FirekeepError, type Permission, parseLogId } from '@firekeep/core/protocol'
import type { AddressBuckets } from '../limits/address-buckets.js'
import { tooMuch } from '../limits/too-much.js'
import type { Admission } from './admission.js'
import { forbidden, unauthorized } from './auth-error.js'
import type { Grant, TokenVerifier } from './token-verifier.js'

export interface RightsParts {
  readonly verifier: TokenVerifier
  readonly admission: Admission
  readonly logPattern: RegExp
  /** Failures of an address: beyond them nothing is verified. */
  readonly failures: AddressBuckets
  readonly onFailure: (code: string, claim: Claim) => void
}

export interface Claim {
  readonly logId: string
  readonly token: string
  readonly admission: string | undefined
  readonly audiences: readonly string[]
  readonly address: string
}

/** Says what a client may do with a log: its token and, where the operator asks for one, its admission. */
export class Rights {
  readonly #parts: RightsParts

  constructor(parts: RightsParts) {
    this.#parts = parts
  }

  /** `UNAUTHORIZED`, `FORBIDDEN`, or `LIMIT_EXCEEDED` for an address that failed too often. */
  async grant(claim: Claim): Promise<Grant> {
    const { failures, onFailure } = this.#parts
    const wait = failures.wait(claim.address)
    if (wait > 0) throw tooMuch('too many tokens of this address failed', wait)
    try {
      return await this.#check(claim)
    } catch (error) {
      if (error instanceof FirekeepError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN')) {
        failures.take(claim.address)
        onFailure(error.code, claim)
      }
      throw error
    }
  }

  async #check({ logId, token, admission, audiences }: Claim): Promise<Grant> {
    if (parseLogId(logId) === undefined) throw unauthorized('this is no log id')
    const grant = await this.#parts.verifier.verify(token, { logId, audiences })
    if (!this.#parts.logPattern.test(logId)) throw forbidden('this server does not keep this database')
    await this.#parts.admission.check(admission, { logId, permission: grant.permission })
    return grant
  }
}

/** `FORBIDDEN` where what is asked for takes the right to write. */
export function assertPermission(has: Permission, needs: Permission): void {
  if (needs === 'write' && has !== 'write') throw forbidden('the token lets read only')
}
