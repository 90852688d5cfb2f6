import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Direction = 'in' | 'out'

const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

/** What an operator watches, in a registry of its own. No label holds anything of a client. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #appendSeconds = this.#histogram('firekeep_append_seconds', 'Until an append is durable.', SECONDS)
  readonly #appendBatch = this.#histogram(
    'firekeep_append_batch_size',
    'Appends that became durable together.',
    BATCH_SIZES,
  )
  readonly #sockets = this.#gauge('firekeep_sockets', 'WebSockets that are connected.')
  readonly #openLogs = this.#gauge('firekeep_open_logs', 'Logs that are open on WebSockets.')
  readonly #bytes = this.#counter('firekeep_bytes_total', 'Bytes of messages and blobs.', ['direction'])
  readonly #authFailures = this.#counter('firekeep_auth_failures_total', 'Refused tokens and admissions.', [
    'code',
  ])
  readonly #rateLimited = this.#counter('firekeep_rate_limited_total', 'Requests refused for a limit.', [
    'limit',
  ])
  readonly #events = this.#counter('firekeep_events_total', 'What happens seldom.', ['event'])
  #batch = 0

  constructor() {
    const name = 'process_resident_memory_bytes'
    const gauge = this.#gauge(name, 'Resident memory of the process.', () =>
      gauge.set(process.memoryUsage.rss()),
    )
  }

  /** Starts the clock of an append; call what it returns when that is durable. */
  timeAppend(): () => void {
    const done = this.#appendSeconds.startTimer()
    return () => {
      done()
      this.#countBatch()
    }
  }

  setSockets(sockets: number): void {
    this.#sockets.set(sockets)
  }

  addOpenLogs(difference: number): void {
    this.#openLogs.inc(difference)
  }

  countBytes(direction: Direction, bytes: number): void {
    this.#bytes.inc({ direction }, bytes)
  }

  countAuthFailure(code: string): void {
    this.#authFailures.inc({ code })
  }

  countRateLimited(limit: string): void {
    this.#rateLimited.inc({ limit })
  }

  countEvent(event: string, times = 1): void {
    this.#events.inc({ event }, times)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** All of it in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  /** A group commit resolves its appends in one turn: those that end in one turn were a batch. */
  #countBatch(): void {
    this.#batch += 1
    if (this.#batch > 1) return
    setImmediate(() => {
      this.#appendBatch.observe(this.#batch)
      this.#batch = 0
    })
  }

  #histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.#registry] })
  }

  #gauge(name: string, help: string, collect: () => void = () => undefined): Gauge {
    return new Gauge({ name, help, collect, registers: [this.#registry] })
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] })
  }
}
