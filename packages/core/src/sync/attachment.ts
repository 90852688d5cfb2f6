import { FirekeepError, hasErrorCode, toFirekeepError } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import type { Backoff } from '../primitives/backoff.js'
import { Mutex } from '../primitives/mutex.js'
import type { RemoteEvent, RemoteLog } from '../protocol/remote.js'
import type { Exchange, ExchangeParts } from './exchange.js'
import type { Leadership } from './leadership/leadership.js'
import type { LogOrder } from './log-order.js'
import { eventOfError } from './status/event-of-error.js'
import type { StatusEvent } from './status/status-event.js'
import { StatusTeller } from './status/status-teller.js'
import type { SyncStatus } from './status/sync-status.js'
import type { CaughtUp, SessionStart, Upkeep } from './upkeep.js'

/** What an exchange tells while it runs. */
export type ExchangeHooks = Pick<ExchangeParts, 'signal' | 'assertLeader' | 'onRead' | 'onSent'>

export interface AttachmentParts {
  readonly ledger: Ledger
  readonly leadership: Leadership<SyncStatus>
  readonly backoff: Backoff
  /** A number from 0 to below 1. */
  readonly random: () => number
  /** Opens the log of the database; reaches nothing by itself. */
  readonly openLog: () => Promise<RemoteLog>
  readonly createExchange: (log: RemoteLog, hooks: ExchangeHooks) => Exchange
  readonly order: LogOrder
  /** Runs before the first exchange: a device without data may start from a snapshot. */
  readonly start: (session: SessionStart) => Promise<void>
  /** Runs behind the exchange. */
  readonly upkeep: Upkeep
  readonly delay: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly report: (error: FirekeepError) => void
}

/**
 * Keeps a database and a remote equal, as long as it is attached: exchanges when something changed here or there,
 * tries again with growing pauses when it fails, and tells how it stands. Of the tabs of a browser one does it.
 */
export class RemoteAttachment {
  readonly #parts: AttachmentParts
  readonly #mutex = new Mutex()
  readonly #stop = new AbortController()
  readonly #ends: (() => void)[]
  readonly #teller: StatusTeller
  #session: Session | undefined
  #isDue = false
  /** Counts the sessions that were ended. */
  #epoch = 0
  #retry: AbortController | undefined

  constructor(parts: AttachmentParts) {
    this.#parts = parts
    const { ledger, leadership, delay } = parts
    const publish = (status: SyncStatus) => {
      if (leadership.isLeader) leadership.publish(status)
    }
    this.#teller = new StatusTeller({ publish, delay, signal: this.#stop.signal })
    this.#ends = [
      ledger.subscribe(
        () => this.#onCommits(),
        () => false,
      ),
      ledger.onGranted(() => this.#onGranted()),
      leadership.onChange(() => this.#onRole()),
      leadership.onStatus(status => this.#follow(status)),
      leadership.onPoke(() => void this.#refresh()),
      leadership.serveSync(() => this.#serve()),
    ]
    this.#onRole()
  }

  /** How it stands; the same object while nothing changes. */
  getSnapshot(): SyncStatus {
    return this.#teller.status
  }

  subscribe(listener: (status: SyncStatus) => void): () => void {
    return this.#teller.subscribe(listener)
  }

  /** Resolves when everything local is in the log and everything in the log is here; rejects when a try fails. */
  async synced(): Promise<void> {
    const { leadership, ledger } = this.#parts
    if (!leadership.isLeader) await leadership.requestSync(ledger.view.clock, this.#stop.signal)
    // Another tab may have gone meanwhile, and this one taken its place.
    if (!leadership.isLeader) return ledger.refresh()
    return this.#exchangeNow()
  }

  /** Which of some clocks stands first in the log; `undefined` also where another tab reads it. */
  async firstOf(clocks: unknown): Promise<number | undefined> {
    const { leadership, order } = this.#parts
    return leadership.isLeader ? order.firstOf(clocks) : undefined
  }

  /** Deletes what the remote has of the database, for good and for everybody, and ends with the status `GONE`. */
  async deleteRemote(): Promise<void> {
    const { openLog } = this.#parts
    const log = await openLog()
    try {
      await log.delete(this.#stop.signal)
    } finally {
      log.close()
    }
    await this.synced().catch(() => undefined)
  }

  async detach(): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#retry?.abort()
    for (const end of this.#ends) end()
    this.#endSession()
    try {
      await this.#mutex.run(async () => undefined)
      await this.#parts.upkeep.settled()
    } finally {
      await this.#parts.leadership.close()
      this.#teller.tell({ kind: 'detached' })
    }
  }

  #onCommits(): void {
    const { leadership } = this.#parts
    if (!leadership.isLeader) {
      leadership.poke()
      return
    }
    if (this.#retry === undefined) this.#wake()
    // Of a connection that died unnoticed nothing is heard for a while: meanwhile it shows that something waits.
    void this.#teller.countSoon()
  }

  /** The log is opened anew: what it was opened with lets one read only. */
  #onGranted(): void {
    this.#endSession()
    this.#wake()
  }

  #onRole(): void {
    const { isLeader } = this.#parts.leadership
    this.#teller.tell({ kind: 'role', role: isLeader ? 'leader' : 'follower' })
    if (isLeader) this.#wake()
    else this.#endSession()
  }

  /** Shows what the tab that talks to the remote says of it. */
  #follow(status: SyncStatus): void {
    if (this.#parts.leadership.isLeader) return
    this.#teller.show({ ...status, role: 'follower' })
  }

  /** Another tab wrote something. */
  #refresh(): Promise<void> {
    return this.#parts.ledger.refresh().catch(error => this.#fail(error))
  }

  /** For another tab: what it wrote is in the storage. */
  async #serve(): Promise<void> {
    await this.#parts.ledger.refresh()
    await this.#exchangeNow()
  }

  /** For somebody who waits: he hears of a failure, and it is tried again all the same. */
  async #exchangeNow(): Promise<void> {
    try {
      await this.#mutex.run(() => this.#whileAttached(this.#exchange(true)))
    } catch (error) {
      this.#fail(error)
      throw error
    }
  }

  #onEvent(event: RemoteEvent): void {
    this.#session?.exchange.hear(event)
    if (event.kind === 'lost') this.#lose(event.error)
    // News is no reason to try before its time what failed, least of all news of what was sent from here.
    else if (event.kind === 'restored' || this.#retry === undefined) this.#wake()
  }

  #lose(error: Error): void {
    const { state } = this.#teller.status
    if (state === 'live' || state === 'catching-up') this.#fail(error)
  }

  /** Exchanges soon, once, however often it is called meanwhile. */
  #wake(): void {
    this.#retry?.abort()
    this.#retry = undefined
    if (this.#isDue || this.#stop.signal.aborted || !this.#parts.leadership.isLeader) return
    this.#isDue = true
    void this.#mutex.run(async () => {
      this.#isDue = false
      try {
        await this.#whileAttached(this.#exchange(false))
      } catch (error) {
        this.#fail(error)
      }
    })
  }

  async #exchange(mustRead: boolean): Promise<void> {
    const { signal } = this.#stop
    if (signal.aborted) throw new FirekeepError('CLOSED', 'the remote is detached')
    if (!this.#parts.leadership.isLeader) return
    if (this.#teller.status.state !== 'live') this.#teller.tell({ kind: 'connect' })
    try {
      const session = await this.#open()
      if (mustRead) session.exchange.mustRead()
      const isDone = await session.exchange.run()
      this.#parts.backoff.reset()
      this.#retry?.abort()
      this.#retry = undefined
      if (!isDone) this.#wake()
      await this.#teller.count()
      this.#teller.tellCaughtUp()
      this.#parts.upkeep.run(session)
    } catch (error) {
      // What another tab or the remote did meanwhile is found out by starting from what is stored.
      const goesOn = hasErrorCode(error, 'REMOTE_UNAVAILABLE') && this.#session?.exchange.isTorn === false
      if (goesOn) this.#session?.exchange.mustRead()
      else this.#endSession()
      throw error
    }
  }

  async #open(): Promise<Session> {
    if (this.#session !== undefined) return this.#session
    const { openLog, createExchange, start, leadership, backoff } = this.#parts
    const stop = new AbortController()
    const epoch = this.#epoch
    const signal = AbortSignal.any([stop.signal, this.#stop.signal])
    const log = await openLog()
    try {
      const begun = { log, signal, tell: (event: StatusEvent) => this.#teller.tell(event) }
      await start(begun)
      const exchange = createExchange(log, {
        signal,
        assertLeader: () => leadership.assertLeader(),
        onRead: (done, total) => {
          backoff.reset()
          if (done < total) this.#teller.tell({ kind: 'progress', done, total })
        },
        onSent: () => {
          backoff.reset()
          void this.#teller.count()
        },
      })
      const { seq } = await exchange.start()
      this.#teller.countBy(exchange)
      const unfollow = log.follow(seq, event => this.#onEvent(event))
      const end = () => {
        unfollow()
        stop.abort()
        log.close()
      }
      const session = { ...begun, exchange, end, whileStill: this.#whileStill }
      if (this.#stop.signal.aborted || epoch !== this.#epoch) {
        end()
        throw new FirekeepError('ABORTED', 'the session was ended while it was opened')
      }
      this.#session = session
      return session
    } catch (error) {
      log.close()
      throw error
    }
  }

  readonly #whileStill: CaughtUp['whileStill'] = task =>
    this.#mutex.run(async () => {
      await this.#parts.leadership.assertLeader()
      try {
        return await task()
      } finally {
        this.#endSession()
        this.#wake()
      }
    })

  /** Also of one that is being opened. */
  #endSession(): void {
    this.#epoch += 1
    this.#session?.end()
    this.#session = undefined
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted || hasErrorCode(error, 'CLOSED')) return
    const { backoff, random, now, delay, report, leadership } = this.#parts
    if (!leadership.isLeader) return
    const wait = backoff.next(random)
    const event = eventOfError(error, { now: now(), wait })
    if (event.kind === 'failed') report(toFirekeepError(error))
    this.#teller.tell(event)
    void this.#teller.countSoon()
    const retryAt = 'retryAt' in event ? event.retryAt : undefined
    if (retryAt === undefined) return
    const retry = new AbortController()
    this.#retry?.abort()
    this.#retry = retry
    void delay(Math.max(wait, retryAt - now()), retry.signal).then(() => {
      if (this.#retry === retry && !this.#stop.signal.aborted) this.#wake()
    })
  }

  /** What is under way does not hold up detaching. */
  #whileAttached<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#stop
    return new Promise((resolve, reject) => {
      const stop = () => reject(new FirekeepError('CLOSED', 'the remote is detached'))
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop)
      void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }
}

/** An open log and the exchange with it. */
interface Session extends CaughtUp {
  readonly end: () => void
}
