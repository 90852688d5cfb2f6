import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Outbox, type OutboxParts } from './outbox.js'

/** A network that takes a part when it is told to. */
class SlowNetwork {
  readonly parts: { readonly bytes: number; readonly isLast: boolean }[] = []
  readonly told: string[] = []
  readonly outbox: Outbox
  #done: ((error?: Error) => void) | undefined

  constructor(options: Partial<OutboxParts> = {}) {
    this.outbox = new Outbox({
      sendPart: (part, isLast, done) => {
        if (this.#done !== undefined) throw new Error('a part was sent before the one before had gone out')
        this.parts.push({ bytes: part.length, isLast })
        this.#done = done
      },
      queueBytes: 1000,
      stallTimeout: 60_000,
      onStalled: reason => this.told.push(reason),
      onDrained: () => this.told.push('drained'),
      ...options,
    })
  }

  take(error?: Error): boolean {
    const done = this.#done
    this.#done = undefined
    done?.(error)
    return done !== undefined
  }
}

describe('an outbox', () => {
  it('sends messages in their order, large ones in parts, the next part when one has gone out', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 300_000 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(lengths, sizes => {
        const network = new SlowNetwork({ queueBytes: 10_000_000 })
        for (const size of sizes) network.outbox.send(new Uint8Array(size))
        while (network.take());
        const messages: number[] = []
        let size = 0
        for (const { bytes, isLast } of network.parts) {
          size += bytes
          expect(bytes).toBeLessThanOrEqual(64 * 1024)
          if (isLast) messages.push(size)
          if (isLast) size = 0
        }
        expect(messages).toEqual(sizes)
        expect(network.told).toEqual(['drained'])
        expect(network.outbox.isSending).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it('gives up when too much waits behind what is being sent, once', () => {
    const network = new SlowNetwork()
    network.outbox.send(new Uint8Array(1_000_000))
    network.outbox.send(new Uint8Array(1000))
    expect(network.told).toEqual([])
    network.outbox.send(new Uint8Array(1))
    network.outbox.send(new Uint8Array(5000))
    expect(network.told).toEqual(['too much waits for a slow reader'])
  })

  it('gives up on a reader that takes nothing, and not on one that takes a part now and then', () => {
    vi.useFakeTimers()
    try {
      const network = new SlowNetwork({ stallTimeout: 1000 })
      network.outbox.send(new Uint8Array(1_000_000))
      for (let i = 0; i < 10; i++) {
        vi.advanceTimersByTime(900)
        network.take()
      }
      expect(network.told).toEqual([])
      vi.advanceTimersByTime(1001)
      expect(network.told).toEqual(['the reader has stopped reading'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('lets go of who waits for it when it has sent all, is closed, or the network fails', async () => {
    const [sent, closed, failed] = [new SlowNetwork(), new SlowNetwork(), new SlowNetwork()]
    for (const { outbox } of [sent, closed, failed]) outbox.send(new Uint8Array(1))
    const drained = [sent, closed, failed].map(({ outbox }) => outbox.drained())
    sent.take()
    closed.outbox.close()
    failed.take(new Error('the connection broke'))
    await Promise.all(drained)
    failed.outbox.send(new Uint8Array(1))
    expect(failed.parts).toHaveLength(1)
  })
})
