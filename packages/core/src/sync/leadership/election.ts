import { Emitter } from '../../primitives/emitter.js'
import { type HeldLock, takeLock } from './held-lock.js'
import { notLeaderError } from './not-leader-error.js'
import type { TabPlatform } from './tab-platform.js'

/** How often a leader is heard. */
const BEAT_MILLISECONDS = 500
/** Silence after which a follower asks whether the leader is there, and how long it waits for the answer. */
const SILENCE_MILLISECONDS = 1000
const ANSWER_MILLISECONDS = 500
/** All followers notice a silence at the same moment; so spread, most hear the first thief before they follow him. */
const SPREAD_MILLISECONDS = 200
/** A timer that is later than this says that this tab was frozen or held back itself. */
const LATE_MILLISECONDS = 1250
/** How long a beat proves that nobody stole the lock: who steals was silent to for longer. */
const PROOF_MILLISECONDS = 1000
/** After so long whoever had decided to rob us before he heard our first beat has done so. */
const SETTLED_MILLISECONDS = 400
/** An answer about the lock that took longer may be of another time. */
const FRESH_MILLISECONDS = 250
const MOST_QUERIES = 8

export interface ElectionParts {
  readonly platform: TabPlatform
  /** The name of the lock. */
  readonly name: string
  /** Tells the other tabs that this one leads. */
  readonly tellLeading: () => void
  /** Asks who leads. */
  readonly ask: () => void
}

/**
 * Decides which tab leads, by a lock that one tab holds. A frozen tab keeps its lock, so the leader has to be heard;
 * when it is not, a follower steals the lock. One that was robbed may not know yet: `assertLeader` finds out.
 *
 * A beat in a row of beats is also the proof that this tab still leads, for less time than a silence takes to be
 * noticed, so that a leader at work need not ask the platform before each send. After a longer gap (it was frozen) it
 * asks first, and says nothing before.
 */
export class Election {
  readonly #parts: ElectionParts
  readonly #changes = new Emitter<boolean>()
  #clientId: string | undefined
  #isLeader = false
  #isAlone = false
  #term: AbortController | undefined
  #heardAt = 0
  #beatAt = Number.NEGATIVE_INFINITY
  /** When the beats began that go on without a gap, and whether they prove something by now. */
  #beatsSince = Number.POSITIVE_INFINITY
  #isProven = false

  constructor(parts: ElectionParts) {
    this.#parts = parts
  }

  get isLeader(): boolean {
    return this.#isLeader
  }

  onChange(listener: (isLeader: boolean) => void): () => void {
    return this.#changes.subscribe(listener)
  }

  /** Takes part until the signal fires; resolves when the lock is given back. */
  async run(signal: AbortSignal): Promise<void> {
    const { platform } = this.#parts
    while (!signal.aborted) {
      try {
        this.#clientId ??= await this.#findClientId(signal)
        const lock = await this.#acquire(signal)
        await this.#lead(lock, signal)
      } catch (error) {
        // A page that may have no locks shares no storage either.
        this.#isAlone = (error as Error).name === 'SecurityError'
        if (this.#isAlone) return this.#leadAlone(signal)
        await platform.delay(BEAT_MILLISECONDS, signal)
      }
    }
  }

  /** To be called when another tab said that it leads. */
  heard(): void {
    this.#heardAt = this.#parts.platform.now()
    // One of us is wrong: the next beat asks the platform.
    this.#distrust()
  }

  /** Tells the others that this tab leads, if it still does. */
  async beat(): Promise<void> {
    if (!this.#isLeader) return
    const { platform, tellLeading } = this.#parts
    const now = platform.now()
    if (now - this.#beatAt >= PROOF_MILLISECONDS) {
      this.#isProven = false
      this.#beatsSince = now
    }
    if (!this.#isProven) {
      if (!(await this.#holdsLock())) this.#lose()
      if (!this.#isLeader) return
      const isFresh = platform.now() - now < FRESH_MILLISECONDS
      this.#isProven = isFresh && now - this.#beatsSince >= SETTLED_MILLISECONDS
    }
    this.#beatAt = now
    tellLeading()
  }

  async assertLeader(): Promise<void> {
    const age = this.#parts.platform.now() - this.#beatAt
    const isSure = this.#isProven && age < PROOF_MILLISECONDS
    if (this.#isLeader && !isSure && !(await this.#holdsLock())) this.#lose()
    if (!this.#isLeader) throw notLeaderError()
  }

  /** The platform names who holds a lock, but tells nobody his own name: a lock of one's own shows it. */
  async #findClientId(signal: AbortSignal): Promise<string | undefined> {
    const { platform, name } = this.#parts
    const own = `${name}/${platform.createId()}`
    const lock = await takeLock(platform.locks, own, { signal })
    try {
      const { held = [] } = await platform.locks.query()
      return held.find(held => held.name === own)?.clientId
    } finally {
      lock.release()
    }
  }

  /** Waits for the lock, or steals it from a leader that is silent. */
  async #acquire(signal: AbortSignal): Promise<HeldLock> {
    const { platform, name } = this.#parts
    const wait = new AbortController()
    const stop = () => wait.abort()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      const queued = takeLock(platform.locks, name, { signal: wait.signal })
      const silent = this.#leaderIsSilent(wait.signal)
      await Promise.race([queued, silent])
      // Either it was given to us at the last moment, or we wait no longer; never both.
      stop()
      return await queued.catch(error => {
        if (signal.aborted) throw error
        return takeLock(platform.locks, name, { steal: true })
      })
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Resolves when the leader was silent, was asked, and gave no answer. */
  async #leaderIsSilent(signal: AbortSignal): Promise<void> {
    const { platform, ask } = this.#parts
    this.#heardAt = platform.now()
    ask()
    while (!signal.aborted) {
      const rest = this.#heardAt + SILENCE_MILLISECONDS - platform.now()
      if (rest > 0) await platform.delay(rest, signal)
      else if (!(await this.#isAnswered(signal))) return
    }
  }

  async #isAnswered(signal: AbortSignal): Promise<boolean> {
    const { platform, ask } = this.#parts
    const wait = ANSWER_MILLISECONDS + SPREAD_MILLISECONDS * platform.random()
    for (let wasLate = false; ; wasLate = true) {
      const askedAt = platform.now()
      ask()
      await platform.delay(wait, signal)
      // Messages that lie here come before our own turn.
      await platform.pause()
      if (this.#heardAt >= askedAt) return true
      // Who was frozen could not hear an answer. Who is always late is only held back, and does hear.
      if (signal.aborted || wasLate || platform.now() - askedAt < LATE_MILLISECONDS) return false
    }
  }

  async #lead(lock: HeldLock, signal: AbortSignal): Promise<void> {
    const term = new AbortController()
    const end = () => term.abort()
    signal.addEventListener('abort', end)
    void lock.ended.then(end)
    try {
      // The lock may have been given to us while we were frozen, and be another's by now.
      if (signal.aborted || !(await this.#holdsLock()) || term.signal.aborted) return
      this.#begin(term)
      while (!term.signal.aborted) {
        await this.beat()
        await this.#parts.platform.delay(BEAT_MILLISECONDS, term.signal)
      }
    } finally {
      signal.removeEventListener('abort', end)
      this.#lose()
      lock.release()
      await lock.ended
    }
  }

  #leadAlone(signal: AbortSignal): void {
    if (signal.aborted) return
    const term = new AbortController()
    signal.addEventListener('abort', () => term.abort())
    this.#begin(term)
  }

  #begin(term: AbortController): void {
    this.#term = term
    this.#distrust()
    term.signal.addEventListener('abort', () => this.#lose())
    this.#isLeader = true
    this.#changes.emit(true)
  }

  #lose(): void {
    if (!this.#isLeader) return
    this.#isLeader = false
    this.#term?.abort()
    this.#changes.emit(false)
  }

  #distrust(): void {
    this.#beatAt = Number.NEGATIVE_INFINITY
    this.#beatsSince = Number.POSITIVE_INFINITY
    this.#isProven = false
  }

  /** Asks the platform; `false` also where it does not say. */
  async #holdsLock(): Promise<boolean> {
    const { platform, name } = this.#parts
    if (this.#isAlone) return true
    for (let queries = 1; ; queries++) {
      const askedAt = platform.now()
      const { held = [] } = await platform.locks.query().catch(() => ({ held: [] }))
      if (!held.some(lock => lock.name === name && lock.clientId === this.#clientId)) return false
      if (platform.now() - askedAt < FRESH_MILLISECONDS || queries === MOST_QUERIES) return true
    }
  }
}
