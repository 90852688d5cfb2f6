import type { Blobs } from '../blobs/blobs.js'
import type { Log } from '../log/log.js'
import { logFullError } from '../log/log-errors.js'
import { tooMuch } from './too-much.js'

/** What a file takes at least, about: so that small blobs cannot fill a disk unseen. */
const LEAST_BYTES = 4096

export interface BlobQuotaParts {
  readonly log: Log
  readonly blobs: Blobs
  readonly databaseBytes: number
  readonly blobBytes: number
}

export interface BlobAllowance {
  readonly maxBytes: number
  /** Call when the blob is stored, or is not. */
  release(): void
}

/** Decides how large a blob may be, so that a database stays within its bytes also when several are put at once. */
export class BlobQuota {
  readonly #parts: BlobQuotaParts
  readonly #reservedByLog = new Map<string, number>()

  constructor(parts: BlobQuotaParts) {
    this.#parts = parts
  }

  /** `declared` is what the sender says; without it as much as may be is set aside. `LIMIT_EXCEEDED` where it is too much. */
  async reserve(log: string, name: string, declared: number | undefined): Promise<BlobAllowance> {
    const { databaseBytes, blobBytes, blobs } = this.#parts
    if ((declared ?? 0) > blobBytes) throw tooMuch(`a blob has at most ${blobBytes} bytes here`)
    // What is there takes no more when it is put again.
    if (await blobs.has(log, name)) return { maxBytes: blobBytes, release: () => undefined }
    const used = await this.#used(log)
    const reserved = this.#reservedByLog.get(log) ?? 0
    const left = databaseBytes - used - reserved
    if (left < charge(declared ?? 1)) throw logFullError(databaseBytes)
    const maxBytes = Math.min(blobBytes, declared ?? left)
    this.#reservedByLog.set(log, reserved + charge(maxBytes))
    return { maxBytes, release: () => this.#release(log, charge(maxBytes)) }
  }

  async #used(log: string): Promise<number> {
    let { bytes } = await this.#parts.log.info(log)
    for await (const blob of this.#parts.blobs.list(log)) bytes += charge(blob.bytes)
    return bytes
  }

  #release(log: string, bytes: number): void {
    const reserved = (this.#reservedByLog.get(log) ?? 0) - bytes
    if (reserved > 0) this.#reservedByLog.set(log, reserved)
    else this.#reservedByLog.delete(log)
  }
}

/** What a blob counts for. */
function charge(bytes: number): number {
  return Math.max(LEAST_BYTES, bytes)
}
