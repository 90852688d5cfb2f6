import type { AnyDocument } from '../database/document-types.js'
import { onClosed } from '../database/on-closed.js'
import { hasErrorCode, toFirekeepError } from '../errors.js'
import { Backoff } from '../primitives/backoff.js'
import { randomBytes, toBase32 } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import { claimJob } from './claim-job.js'
import { ClaimWatch } from './claim-watch.js'
import type { JobDatabase } from './decide.js'
import type { JobEnvironment } from './job-environment.js'
import { JobFeed } from './job-feed.js'
import { JobRun, type Outcome } from './job-run.js'
import { Slots } from './slots.js'
import { readWorkerSettings, type WorkerSettings } from './worker-settings.js'
import type { Worker } from './worker-types.js'

/** Of so many jobs for each slot one is taken by chance where devices compete: else all would claim the same one. */
const SPREAD = 16
/** Of so many results it is seen to that they stay the only ones. */
const KNOWN = 10_000
/** Milliseconds after which a job is tried again that could not be read or written. */
const TROUBLED = 1000

/** As `worker`, with what it takes from the platform as an argument. */
export function createJobWorker(db: JobDatabase, options: unknown, environment: JobEnvironment): Worker {
  const settings = readWorkerSettings(options)
  const jobs = new JobWorker(db, settings, environment)
  jobs.start()
  return {
    stop: () => jobs.stop(),
    idle: () => jobs.idle(),
    get stats() {
      return jobs.stats
    },
  }
}

class JobWorker {
  readonly #db: JobDatabase
  readonly #settings: WorkerSettings
  readonly #environment: JobEnvironment
  readonly #by = toBase32(randomBytes(10))
  readonly #busy = new Map<string, Promise<void>>()
  readonly #slots: Slots
  readonly #watch: ClaimWatch
  readonly #feed: JobFeed
  readonly #stopping = new AbortController()
  readonly #aborted = new AbortController()
  readonly #changes = new Emitter<void>()
  readonly #ends: (() => void)[] = []
  /** The last ones that it ended, or lost. */
  readonly #known = new Set<string>()
  readonly #counts = { done: 0, failed: 0, retried: 0, lost: 0, released: 0 }

  constructor(db: JobDatabase, settings: WorkerSettings, environment: JobEnvironment) {
    this.#db = db
    this.#settings = settings
    this.#environment = environment
    this.#slots = new Slots(settings.concurrency, () => this.#pump())
    this.#watch = new ClaimWatch(environment, id => {
      this.#feed.add(id)
      this.#pump()
    })
    this.#feed = new JobFeed({
      ...{ db, spec: settings.spec, lease: settings.lease, watch: this.#watch },
      isKnown: id => this.#known.has(id),
      isBusy: id => this.#busy.has(id),
      onWaiting: () => this.#pump(),
    })
  }

  get stats() {
    const { done, failed, retried, lost } = this.#counts
    return { running: this.#busy.size, waiting: this.#feed.size, done, failed, retried, lost }
  }

  start(): void {
    const { signal, attachment } = this.#settings
    const abort = () => this.#abort()
    if (signal?.aborted) {
      abort()
      return
    }
    signal?.addEventListener('abort', abort)
    this.#ends.push(() => signal?.removeEventListener('abort', abort))
    if (attachment !== undefined) this.#ends.push(attachment.subscribe(() => this.#pump()))
    this.#ends.push(onClosed(this.#db, () => void this.stop()))
    this.#feed.open()
    void this.#scan()
  }

  /** Finds what is stored, however often it takes: of what was there before, nobody else tells. */
  async #scan(): Promise<void> {
    const { delay, random } = this.#environment
    const { signal } = this.#stopping
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        return await this.#feed.scan()
      } catch (error) {
        this.#fail(error)
      }
      await delay(backoff.next(random), signal)
    }
  }

  async idle(): Promise<void> {
    if (this.#stopping.signal.aborted) return this.stop()
    await this.#feed.scan()
    while (this.#busy.size > 0 || this.#feed.size > 0) {
      this.#pump()
      await new Promise<void>(resolve => {
        const stop = this.#changes.subscribe(() => {
          stop()
          resolve()
        })
      })
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#feed.close()
    this.#watch.close()
    for (const end of this.#ends.splice(0)) end()
    await Promise.all(this.#busy.values())
    this.#changes.emit()
  }

  #abort(): void {
    this.#aborted.abort(this.#settings.signal?.reason)
    void this.stop()
  }

  /** Takes as many jobs as there are free slots. */
  #pump(): void {
    const { attachment, concurrency } = this.#settings
    if (attachment !== undefined && attachment.status.state !== 'live') return
    while (!this.#stopping.signal.aborted && this.#slots.free > 0 && this.#feed.size > 0) {
      const window = attachment === undefined ? 1 : Math.min(this.#feed.size, SPREAD * concurrency)
      const id = this.#feed.take(Math.floor(this.#environment.random() * window))
      if (id === undefined) return
      this.#slots.take()
      this.#busy.set(id, this.#handle(id))
    }
  }

  async #handle(id: string): Promise<void> {
    // The id counts as busy before anything is heard of it.
    await Promise.resolve()
    let outcome: Outcome | undefined
    try {
      outcome = await this.#take(id)
      if (outcome !== undefined) this.#counts[outcome] += 1
    } catch (error) {
      this.#fail(error)
      this.#tryLater(id)
    }
    const lost = outcome === 'lost' ? await this.#lookAgain(id) : undefined
    this.#busy.delete(id)
    this.#feed.freed(id, lost)
    if (outcome === 'done' || outcome === 'failed') this.#noteKnown(id)
    this.#changes.emit()
    this.#pump()
  }

  async #take(id: string): Promise<Outcome | undefined> {
    const [db, settings, slots] = [this.#db, this.#settings, this.#slots]
    const { spec, lease } = settings
    const isExpired = (token: string, lasts: number) => this.#watch.isExpired(id, token, lasts)
    let claim: Awaited<ReturnType<typeof claimJob>>
    try {
      claim = await claimJob(id, { db, spec, lease, isExpired, by: this.#by })
    } finally {
      if (claim === undefined) slots.release()
    }
    if (claim === undefined) return undefined
    this.#watch.forget(id)
    const run = new JobRun(claim, {
      ...{ db, settings, slots, environment: this.#environment },
      stopping: this.#stopping.signal,
      aborted: this.#aborted.signal,
      onRetry: () => {
        this.#counts.retried += 1
      },
    })
    return run.run()
  }

  /** A job that it lost: whoever has it may die as well, and his result may have come apart from the claim here. */
  async #lookAgain(id: string): Promise<AnyDocument | undefined> {
    this.#noteKnown(id)
    return this.#db.find(id).catch(() => undefined)
  }

  #noteKnown(id: string): void {
    this.#known.add(id)
    const [oldest] = this.#known
    if (this.#known.size > KNOWN) this.#known.delete(oldest as string)
  }

  #tryLater(id: string): void {
    const { signal } = this.#stopping
    void this.#environment.delay(TROUBLED, signal).then(() => {
      if (signal.aborted) return
      this.#feed.add(id)
      this.#pump()
    })
  }

  #fail(error: unknown): void {
    if (!hasErrorCode(error, 'CLOSED')) this.#settings.report(toFirekeepError(error))
    // Neither passes by itself.
    if (hasErrorCode(error, 'CLOSED') || hasErrorCode(error, 'READ_ONLY')) void this.stop()
  }
}
