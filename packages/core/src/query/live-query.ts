import { FirekeepError, hasErrorCode } from '../errors.js'
import { DamagedIndex } from '../index/damaged-index.js'
import type { IndexSet } from '../index/index-set.js'
import type { SharedIndex } from '../index/shared-index.js'
import { Emitter } from '../primitives/emitter.js'
import { whenReady } from '../primitives/maybe-promise.js'
import type { DocumentChange } from '../state/document-change.js'
import type { PlainDocument } from '../state/stored-document.js'
import { createFixedQuery } from './fixed-query.js'
import { joinLiveJobs, type LiveJob } from './live-job.js'
import { type RowValue, toLiveRow } from './live-row.js'
import { LOADING, toLiveError } from './live-state.js'
import { LiveWindow } from './live-window.js'
import type { QueryRequest } from './query-request.js'
import type { LiveQuery, LiveSnapshot, QueryRow } from './query-types.js'

/**
 * A live query over the indexes of an engine; see {@link LiveQuery} for what it promises. It loads at the first
 * subscription and then follows the changes the indexes are told of; what arrives while it loads is part of what
 * it loads. Holds its index while it runs.
 */
export function createLiveQuery(
  indexes: IndexSet,
  request: QueryRequest,
  rowValue: RowValue = entry => entry.value,
): LiveQuery<PlainDocument> {
  if (request.asOf !== undefined) return createFixedQuery(indexes, request, rowValue)
  const live = new IndexedLiveQuery(indexes, request, rowValue)
  return {
    subscribe: listener => live.subscribe(listener),
    getSnapshot: () => live.snapshot,
    close: () => live.close(),
  }
}

type Snapshot = LiveSnapshot<PlainDocument>
type Row = QueryRow<PlainDocument>

/** What a live query holds between its first subscription and the last one's end. */
interface Run {
  readonly index: SharedIndex
  readonly stopFollowing: () => void
  /** `refused`: the query is wrong; `failed`: it could not be answered and is tried again at the next change. */
  state: 'waiting' | 'following' | 'failed' | 'refused'
  /** What is being worked into the window; it may have to wait for pages. */
  job: LiveJob | undefined
  /** What came meanwhile. */
  next: LiveJob | undefined
  /** How often in a row the index turned out to be damaged. */
  damages: number
}

class IndexedLiveQuery {
  readonly #indexes: IndexSet
  readonly #request: QueryRequest
  readonly #window: LiveWindow<Row>
  readonly #changed = new Emitter<Snapshot>()
  #snapshot: Snapshot = LOADING
  #run: Run | undefined
  #isClosed = false

  constructor(indexes: IndexSet, request: QueryRequest, rowValue: RowValue) {
    this.#indexes = indexes
    this.#request = request
    this.#window = new LiveWindow({
      plan: request.plan,
      includeDocs: request.includeDocs,
      toRow: row => toLiveRow(row, request.includeDocs, rowValue, indexes.files),
    })
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    if (this.#isClosed) throw new FirekeepError('CLOSED', 'this live query was closed; make a new one')
    const stop = this.#changed.subscribe(listener)
    if (this.#run === undefined) this.#start()
    return () => {
      stop()
      if (!this.#changed.isObserved) this.#stop()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#stop()
  }

  /** Follows the changes before it asks for the index, so that none falls in between. */
  #start(): void {
    const index = this.#indexes.acquire(this.#request.definition)
    const stopFollowing = this.#indexes.subscribe(changes => this.#follow(run, changes))
    const run: Run = { index, stopFollowing, state: 'waiting', job: undefined, next: undefined, damages: 0 }
    this.#run = run
    this.#wait(run)
  }

  #stop(): void {
    const run = this.#run
    this.#run = undefined
    if (run === undefined) return
    run.stopFollowing()
    this.#indexes.release(run.index)
  }

  #wait(run: Run): void {
    const { definition, wait } = this.#request
    run.state = 'waiting'
    run.job = undefined
    run.next = undefined
    run.index
      .ready(definition, wait)
      .then(() => this.#load(run))
      .catch(error => this.#fail(run, error))
  }

  #load(run: Run): void {
    if (run !== this.#run) return
    const snapshot = run.index.read()
    if (snapshot === undefined) this.#wait(run)
    else {
      run.state = 'following'
      this.#work(run, { snapshot, ids: undefined })
    }
  }

  #follow(run: Run, changes: readonly DocumentChange[]): void {
    if (run !== this.#run || run.state === 'refused' || run.state === 'waiting') return
    if (run.state === 'failed') {
      this.#stop()
      this.#start()
      return
    }
    const snapshot = run.index.read()
    if (snapshot === undefined) {
      this.#wait(run)
      return
    }
    const job: LiveJob = { snapshot, ids: new Set(changes.map(change => change.id)) }
    if (run.job === undefined) this.#work(run, job)
    else run.next = run.next === undefined ? job : joinLiveJobs(run.next, job)
  }

  /** Brings the window to the moment of a job, at once where no page has to be read; the next job waits for it. */
  #work(run: Run, job: LiveJob): void {
    const { snapshot, ids } = job
    run.job = job
    try {
      const edited = ids === undefined ? this.#window.load(snapshot) : this.#window.update({ ids, snapshot })
      const shown = whenReady(edited, () =>
        whenReady(snapshot.skipped, skipped => this.#finish(run, job, skipped)),
      )
      if (shown instanceof Promise) shown.catch(error => this.#recover(run, job, error))
    } catch (error) {
      this.#recover(run, job, error)
    }
  }

  #finish(run: Run, job: LiveJob, skipped: number): void {
    if (run !== this.#run || run.job !== job) return
    run.damages = 0
    this.#show(skipped, job.snapshot.clock)
    if (run.job !== job) return
    const { next } = run
    run.job = undefined
    run.next = undefined
    if (next !== undefined && run === this.#run) this.#work(run, next)
  }

  /** After a page could not be read, the index is made anew or a newer state read: a few times in a row. */
  #recover(run: Run, job: LiveJob, error: unknown): void {
    if (run !== this.#run || run.job !== job) return
    run.damages += 1
    const isPassing = error instanceof DamagedIndex || hasErrorCode(error, 'BLOCK_MISSING')
    if (error instanceof DamagedIndex) run.index.recover(error.base)
    if (isPassing && run.damages < MAX_DAMAGES) this.#wait(run)
    else this.#fail(run, error)
  }

  /** A query that is wrong, given up or whose database was closed stays so; any other failure is tried again when something changes. */
  #fail(run: Run, cause: unknown): void {
    if (run !== this.#run) return
    const isGivenUp = this.#request.wait.signal?.aborted === true
    const isFinal = isGivenUp || FINAL.some(code => hasErrorCode(cause, code))
    run.state = isFinal ? 'refused' : 'failed'
    run.job = undefined
    run.next = undefined
    this.#set({ ...this.#snapshot, status: 'error', error: toLiveError(cause) })
  }

  #show(skipped: number, clock: readonly string[]): void {
    const before = this.#snapshot
    const { rows, docs } = this.#window
    if (before.status === 'ready' && before.rows === rows && before.skipped === skipped) return
    this.#set({ rows, docs, status: 'ready', error: undefined, clock, skipped })
  }

  #set(snapshot: Snapshot): void {
    this.#snapshot = Object.freeze(snapshot)
    this.#changed.emit(snapshot)
  }
}

const FINAL = ['INVALID_QUERY', 'CLOSED'] as const

const MAX_DAMAGES = 4
