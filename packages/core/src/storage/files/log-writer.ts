import type { FileHandle } from './file-system.js'

/**
 * Appends to the log of one session. Every frame is durable when {@link LogWriter.append} resolves.
 *
 * A write that fails is cut off again, so that the log goes on where it was. After a failed sync the file says
 * nothing reliable any more: it is neither written nor synced again, and the caller starts another log (law L4).
 */
export class LogWriter {
  readonly name: string
  readonly #file: FileHandle
  #size = 0
  #isUsable = true

  constructor(name: string, file: FileHandle) {
    this.name = name
    this.#file = file
  }

  /** Whether this log may be appended to. */
  get isUsable(): boolean {
    return this.#isUsable
  }

  /** Bytes written. */
  get size(): number {
    return this.#size
  }

  /** Writes without waiting for the disk. Nothing is left of a write that throws. */
  write(bytes: Uint8Array): void {
    try {
      this.#file.write(bytes, this.#size)
      this.#size += bytes.length
    } catch (error) {
      this.#cutOff()
      throw error
    }
  }

  /** Makes everything written durable. When it rejects, the log is not usable any more. */
  async sync(): Promise<void> {
    try {
      await this.#file.sync()
    } catch (error) {
      this.#isUsable = false
      throw error
    }
  }

  /** Takes the file out of use. */
  abandon(): void {
    this.#isUsable = false
  }

  close(): void {
    this.#isUsable = false
    this.#file.close()
  }

  #cutOff(): void {
    try {
      this.#file.truncate(this.#size)
    } catch {
      this.#isUsable = false
    }
  }
}
