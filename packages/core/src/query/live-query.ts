import { FirekeepError, hasErrorCode } from '../errors.js'
import type { IndexEntry } from '../index/index-entry.js'
import type { IndexSet } from '../index/index-set.js'
import type { SharedIndex } from '../index/shared-index.js'
import { Emitter } from '../primitives/emitter.js'
import type { DocumentChange } from '../state/document-change.js'
import type { PlainDocument } from '../state/stored-document.js'
import { LiveWindow } from './live-window.js'
import type { QueryRequest } from './query-request.js'
import type { LiveQuery, LiveSnapshot, QueryRow } from './query-types.js'
import { rememberPlace } from './row-place.js'

/** Makes the `value` of a row from its entry; the default is what was emitted. */
export type RowValue = (entry: IndexEntry) => unknown

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
  state: 'loading' | 'ready' | 'failed' | 'refused'
}

class IndexedLiveQuery {
  readonly #indexes: IndexSet
  readonly #request: QueryRequest
  readonly #rowValue: RowValue
  readonly #window: LiveWindow<Row>
  readonly #rowByEntry = new WeakMap<IndexEntry, Row>()
  readonly #changed = new Emitter<Snapshot>()
  #snapshot: Snapshot = LOADING
  #run: Run | undefined
  #isClosed = false

  constructor(indexes: IndexSet, request: QueryRequest, rowValue: RowValue) {
    this.#indexes = indexes
    this.#request = request
    this.#rowValue = rowValue
    this.#window = new LiveWindow({
      plan: request.plan,
      includeDocs: request.includeDocs,
      toRow: (entryKey, entry) => this.#toRow(entryKey, entry),
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
    const { definition } = this.#request
    const index = this.#indexes.acquire(definition)
    const stopFollowing = this.#indexes.subscribe(changes => this.#follow(run, changes))
    const run: Run = { index, stopFollowing, state: 'loading' }
    this.#run = run
    index
      .ready(definition)
      .then(() => this.#load(run))
      .catch(error => this.#fail(run, error))
  }

  #stop(): void {
    const run = this.#run
    this.#run = undefined
    if (run === undefined) return
    run.stopFollowing()
    this.#indexes.release(run.index)
  }

  #load(run: Run): void {
    if (run !== this.#run) return
    const { entries, skipped } = run.index.read()
    this.#window.load(entries)
    run.state = 'ready'
    this.#show(skipped)
  }

  #follow(run: Run, changes: readonly DocumentChange[]): void {
    if (run !== this.#run || run.state === 'refused' || run.state === 'loading') return
    if (run.state === 'failed') {
      this.#stop()
      this.#start()
      return
    }
    const { index } = run
    const { entries, skipped } = index.read()
    const ids = new Set(changes.map(change => change.id))
    this.#window.update({ ids, entries, entryKeysOf: id => index.entryKeysOf(id) })
    this.#show(skipped)
  }

  /** A query that is wrong, or whose database was closed, stays so; any other failure is tried again when something changes. */
  #fail(run: Run, cause: unknown): void {
    if (run !== this.#run) return
    const isFinal = hasErrorCode(cause, 'INVALID_QUERY') || hasErrorCode(cause, 'CLOSED')
    run.state = isFinal ? 'refused' : 'failed'
    const error =
      cause instanceof FirekeepError ? cause : new FirekeepError('INTERNAL', 'a live query failed', { cause })
    this.#set({ ...this.#snapshot, status: 'error', error })
  }

  #show(skipped: number): void {
    const before = this.#snapshot
    const { rows, docs } = this.#window
    if (before.status === 'ready' && before.rows === rows && before.skipped === skipped) return
    this.#set({ rows, docs, status: 'ready', error: undefined, clock: this.#indexes.clock, skipped })
  }

  #set(snapshot: Snapshot): void {
    this.#snapshot = Object.freeze(snapshot)
    this.#changed.emit(snapshot)
  }

  #toRow(entryKey: string, entry: IndexEntry): Row {
    let row = this.#rowByEntry.get(entry)
    if (row === undefined) {
      row = this.#makeRow(entry)
      if (entry.siblings > 1) rememberPlace(row, entryKey)
      this.#rowByEntry.set(entry, row)
    }
    return row
  }

  #makeRow(entry: IndexEntry): Row {
    const { key, document } = entry
    const row = { key, id: document.id, value: this.#rowValue(entry) }
    return Object.freeze(this.#request.includeDocs ? { ...row, doc: document.shared() } : row) as Row
  }
}

const LOADING: Snapshot = Object.freeze({
  rows: Object.freeze([]) as readonly never[],
  docs: Object.freeze([]) as readonly never[],
  status: 'loading',
  error: undefined,
  clock: Object.freeze([]) as readonly never[],
  skipped: 0,
})
