import { hasErrorCode } from '../../errors.js'
import { DEFAULT_LIMITS } from '../../protocol/limits.js'
import type { BlobBytes, GetBlobOptions, LogAccess } from '../../protocol/remote.js'
import { assertBlobName } from '../assert-blob-name.js'
import type { Credential, Credentials } from './credentials.js'
import type { HttpPlatform } from './http-platform.js'
import { readBody } from './read-body.js'
import { type HttpRequest, sendRequest } from './send-request.js'
import type { ServerAddress } from './server-address.js'
import { unavailable } from './server-error.js'
import { tooLarge } from './too-large.js'

export interface BlobClientParts {
  readonly address: ServerAddress
  readonly platform: HttpPlatform
  readonly credentials: Credentials
  /** The access with the most rights that there is to the log. */
  access(): LogAccess
  /** The most bytes of a blob, once the server told. */
  blobBytes(): number | undefined
}

/** The longest that nothing may arrive. */
const PATIENCE = 30_000
/** No other text can name a blob. */
const NAME = /^[a-z2-7]{52}$/
const OK = 200
const NOTHING = 204
const PARTIAL = 206
const NOT_FOUND = 404
const PAST_THE_END = 416

type Use<T> = (response: Response, onProgress: () => void) => Promise<T>

/** The blobs of one log: plain HTTP, so that they stream, resume and can be cached. */
export class BlobClient {
  readonly #parts: BlobClientParts

  constructor(parts: BlobClientParts) {
    this.#parts = parts
  }

  async put(name: string, bytes: BlobBytes, signal: AbortSignal): Promise<void> {
    await assertBlobName(name, bytes)
    const limit = this.#parts.blobBytes()
    const length = bytes instanceof Uint8Array ? bytes.length : bytes.size
    if (limit !== undefined && length > limit) throw tooLarge(length, limit)
    await this.#send(
      name,
      { method: 'PUT', body: bytes, signal, accepts: status => status >= OK && status < 300 },
      async () => undefined,
    )
  }

  async get(
    name: string,
    range: GetBlobOptions['range'],
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    if (!NAME.test(name)) return undefined
    try {
      if (range === undefined) return await this.#getWhole(name, signal)
      return range.length === 0
        ? await this.#getNothing(name, signal)
        : await this.#getRange(name, range, signal)
    } catch (error) {
      if (hasErrorCode(error, 'NOT_FOUND') || hasErrorCode(error, 'BLOCK_MISSING')) return undefined
      throw error
    }
  }

  #getWhole(name: string, signal: AbortSignal): Promise<Uint8Array> {
    const limit = this.#parts.blobBytes() ?? DEFAULT_LIMITS.blobBytes
    const request = { method: 'GET' as const, signal, accepts: (status: number) => status === OK }
    return this.#send(name, request, async (response, onProgress) => {
      const bytes = await readBody(response, { length: limit + 1, onProgress })
      if (bytes.length <= limit) return bytes
      throw unavailable('the server sent a blob that is longer than its own limit')
    })
  }

  #getRange(
    name: string,
    { offset, length }: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const headers = { Range: `bytes=${offset}-${offset + length - 1}` }
    const accepts = (status: number): boolean => [OK, PARTIAL, PAST_THE_END].includes(status)
    return this.#send(name, { method: 'GET', headers, signal, accepts }, async (response, onProgress) => {
      if (response.status === PAST_THE_END) return new Uint8Array(0)
      // A server, or a proxy before it, that knows no ranges sends the whole blob.
      const skip = response.status === OK ? offset : 0
      return readBody(response, { skip, length, onProgress })
    })
  }

  /** Whether the blob is there is all that there is to know. */
  async #getNothing(name: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const accepts = (status: number): boolean => [OK, NOTHING, NOT_FOUND].includes(status)
    const request = { method: 'HEAD' as const, signal, accepts }
    const isThere = await this.#send(name, request, async response => response.status === OK)
    return isThere ? new Uint8Array(0) : undefined
  }

  #send<T>(
    name: string,
    {
      headers = {},
      ...request
    }: Omit<Parameters<typeof sendRequest>[1], 'url' | 'patience' | 'headers'> &
      Partial<Pick<HttpRequest, 'headers'>>,
    use: Use<T>,
  ): Promise<T> {
    const { address, platform, credentials, access } = this.#parts
    const { logId } = access()
    const url = `${address.base}/v1/logs/${logId}/blobs/${name}`
    return credentials.use(access(), ({ token, admission }: Credential) => {
      const rights = {
        Authorization: `Bearer ${token}`,
        ...(admission && { 'Firekeep-Admission': admission }),
      }
      return sendRequest(
        platform,
        { ...request, url, headers: { ...headers, ...rights }, patience: PATIENCE },
        use,
      )
    })
  }
}
