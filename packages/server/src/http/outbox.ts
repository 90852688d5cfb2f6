/** Sends a part of a message; calls `done` when it was handed to the network. */
export type SendPart = (part: Uint8Array, isLast: boolean, done: (error?: Error | null) => void) => void

export interface OutboxParts {
  readonly sendPart: SendPart
  /** The most bytes that wait behind the message that is being sent. */
  readonly queueBytes: number
  /** How long no part may go out, in milliseconds. */
  readonly stallTimeout: number
  /** The reader takes nothing, or too little: it has to be cut. Called once. */
  readonly onStalled: (reason: string) => void
  /** All has been sent: there is room for what need not be sent at once. */
  readonly onDrained: () => void
}

/** Parts are so small that each one that goes out shows that the reader still reads. */
const PART_BYTES = 64 * 1024

/**
 * What waits to be sent to a WebSocket. A large message goes out in parts, so that a slow reader and one that has
 * stopped differ; what is queued is bounded, as who asks must also read.
 */
export class Outbox {
  readonly #parts: OutboxParts
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #isSending = false
  #isClosed = false
  #stall: NodeJS.Timeout | undefined
  #waiting: (() => void)[] = []

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  get isSending(): boolean {
    return this.#isSending
  }

  send(message: Uint8Array): void {
    if (this.#isClosed) return
    this.#queue.push(message)
    this.#queuedBytes += message.length
    if (!this.#isSending) this.#sendNext()
    else if (this.#queuedBytes > this.#parts.queueBytes) this.#giveUp('too much waits for a slow reader')
  }

  /** Resolves when all has been sent; at once when it is closed. */
  drained(): Promise<void> {
    if (!this.#isSending || this.#isClosed) return Promise.resolve()
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  /** Forgets what waits. */
  close(): void {
    this.#isClosed = true
    this.#isSending = false
    clearTimeout(this.#stall)
    this.#queue = []
    this.#queuedBytes = 0
    this.#wake()
  }

  #sendNext(): void {
    const message = this.#queue.shift()
    if (message === undefined) {
      this.#isSending = false
      clearTimeout(this.#stall)
      this.#wake()
      return
    }
    this.#isSending = true
    this.#queuedBytes -= message.length
    this.#sendFrom(message, 0)
  }

  #sendFrom(message: Uint8Array, start: number): void {
    const end = Math.min(start + PART_BYTES, message.length)
    const isLast = end === message.length
    this.#watchStall()
    this.#parts.sendPart(isLast && start === 0 ? message : message.subarray(start, end), isLast, error => {
      if (this.#isClosed) return
      if (error) return this.close()
      if (!isLast) return this.#sendFrom(message, end)
      this.#sendNext()
      if (!this.#isSending && !this.#isClosed) this.#parts.onDrained()
    })
  }

  #watchStall(): void {
    clearTimeout(this.#stall)
    this.#stall = setTimeout(() => this.#giveUp('the reader has stopped reading'), this.#parts.stallTimeout)
    this.#stall.unref()
  }

  #giveUp(reason: string): void {
    this.close()
    this.#parts.onStalled(reason)
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
