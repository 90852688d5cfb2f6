import { FirekeepError, hasErrorCode } from '../../errors.js'
import { TOKEN_SECONDS } from '../../protocol/limits.js'
import type { LogAccess } from '../../protocol/remote.js'
import type { HttpRemoteOptions } from './http-options.js'
import type { HttpPlatform } from './http-platform.js'
import type { ServerClock } from './server-clock.js'
import { toRemoteError } from './server-error.js'

export interface CredentialsParts {
  /** The origin of the address that was given; whatever name the server gives itself, no token is for another. */
  readonly origin: string
  readonly platform: HttpPlatform
  readonly clock: ServerClock
  readonly admission: HttpRemoteOptions['admission']
}

export interface Credential {
  readonly token: string
  readonly admission: string | undefined
  /** When a new one is due, by `HttpPlatform.elapsed`. */
  readonly renewAt: number
  /** The difference between the clocks that it was made for. */
  readonly skew: number
}

const RENEW_AFTER = TOKEN_SECONDS * 1000 * 0.8
const LONGEST_ADMISSION = 16_384
const MOMENT = 1_000

/** What a server asks for before it serves a log: a signed token, and the operator's admission. */
export class Credentials {
  readonly #parts: CredentialsParts
  readonly #credentialByAccess = new WeakMap<LogAccess, Promise<Credential>>()

  constructor(parts: CredentialsParts) {
    this.#parts = parts
  }

  /** A credential that holds for a while; one that was made before where there is one. */
  async get(access: LogAccess): Promise<Credential> {
    const made = this.#credentialByAccess.get(access)
    if (made === undefined) return this.renew(access)
    const known = await made.catch(() => undefined)
    return known === undefined || this.#isOutdated(known) ? this.renew(access) : known
  }

  renew(access: LogAccess): Promise<Credential> {
    const made = this.#make(access)
    this.#credentialByAccess.set(access, made)
    return made
  }

  /**
   * Tries what takes a credential. Where the server does not accept it, it is tried once more: with a new one, and
   * by the server's clock if ours differs.
   */
  async use<T>(access: LogAccess, attempt: (credential: Credential) => Promise<T>): Promise<T> {
    const credential = await this.get(access)
    try {
      return await attempt(credential)
    } catch (error) {
      if (!hasErrorCode(error, 'UNAUTHORIZED')) throw error
      const { time } = (error as FirekeepError).details
      if (typeof time === 'number') this.#parts.clock.correct(time)
      // One that is new already would not be accepted the second time either.
      if (!this.#isOutdated(credential) && !this.#isUsed(credential)) throw error
      return await attempt(await this.renew(access))
    }
  }

  async #make(access: LogAccess): Promise<Credential> {
    const { origin, platform, clock } = this.#parts
    const renewAt = platform.elapsed() + RENEW_AFTER
    const { skew } = clock
    const [token, admission] = await Promise.all([access.signToken(origin, clock.now()), this.#admission()])
    return { token, admission, renewAt, skew }
  }

  #isOutdated({ renewAt, skew }: Credential): boolean {
    return renewAt <= this.#parts.platform.elapsed() || skew !== this.#parts.clock.skew
  }

  /** Whether it was not made for this very call. */
  #isUsed({ renewAt }: Credential): boolean {
    return renewAt - this.#parts.platform.elapsed() < RENEW_AFTER - MOMENT
  }

  #admit(): Promise<string | undefined> | string | undefined {
    const { admission } = this.#parts
    return typeof admission === 'function' ? admission() : admission
  }

  async #admission(): Promise<string | undefined> {
    let text: string | undefined
    try {
      text = await this.#admit()
    } catch (error) {
      throw toRemoteError(error, 'the function that was given as "admission" failed')
    }
    if (text === undefined || (typeof text === 'string' && text.length <= LONGEST_ADMISSION)) return text
    throw new FirekeepError(
      'INVALID_OPTION',
      'the option "admission" has to give a text of up to 16,384 letters',
    )
  }
}
