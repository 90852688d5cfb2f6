import type { AnyDocument, Database, FirekeepError, HistoryCommit, HistoryVersion } from '@firekeep/core'
import { deepFreeze } from '../source/deep-freeze.js'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import { followDatabase } from './follow-database.js'

type Entry = HistoryVersion<AnyDocument> | HistoryCommit

export interface HistoryState {
  /** Newest first; shared and frozen. One that did not change stays the same object. */
  readonly entries: readonly Entry[]
  /** Whether there are older ones. */
  readonly hasMore: boolean
  readonly status: 'loading' | 'ready' | 'error'
  readonly hydrated: boolean
  readonly error: FirekeepError | undefined
}

const LOADING: HistoryState = Object.freeze({
  entries: Object.freeze([]),
  hasMore: false,
  status: 'loading',
  hydrated: false,
  error: undefined,
})

export interface HistorySourceParts {
  readonly database: Database
  /** `undefined`: all commits. */
  readonly id: string | undefined
  /** How many entries are shown at first, and how many more are added. */
  readonly limit: number
}

/**
 * The newest entries of a history as a component reads them. What comes may stand anywhere among them, as others may have
 * written long ago, so after commits it reads again as many as are shown; more are read behind the last one.
 */
export class HistorySource {
  readonly source: Source<HistoryState>
  readonly #parts: HistorySourceParts
  #wanted: number
  #isStale = true
  #wake: (() => void) | undefined

  constructor(parts: HistorySourceParts) {
    this.#parts = parts
    this.#wanted = parts.limit
    this.source = new Source(LOADING, publish => this.#follow(publish))
  }

  /** Shows older ones as well. Does nothing while those that were asked for before are not there, or there are none. */
  readonly loadMore = (): void => {
    const { entries, hasMore } = this.source.getSnapshot()
    if (!hasMore || this.#wanted > entries.length) return
    this.#wanted += this.#parts.limit
    this.#wake?.()
  }

  #follow(publish: (state: HistoryState) => void): () => void {
    const { database, id } = this.#parts
    const stop = followDatabase(database, {
      subscribe: changed => {
        this.#wake = changed
        this.#isStale = true
        return listing(database, id).subscribe(() => {
          this.#isStale = true
          changed()
        })
      },
      read: async () => publish(await this.#read()),
      failed: error => {
        this.#isStale = true
        publish(Object.freeze({ ...this.source.getSnapshot(), status: 'error', error: toError(error) }))
      },
    })
    return () => {
      this.#wake = undefined
      stop()
    }
  }

  async #read(): Promise<HistoryState> {
    const { database, id } = this.#parts
    const shown = this.source.getSnapshot()
    const last = this.#isStale ? undefined : shown.entries.at(-1)
    this.#isStale = false
    const before = last === undefined ? [] : shown.entries
    // One more than is shown tells whether there are more.
    const limit = this.#wanted - before.length + 1
    const options = last === undefined ? { limit } : { limit, after: last.clock }
    const found = await listing(database, id, options).toArray()
    const entries = keepSame(shown.entries, [...before, ...found])
    return stateOf(shown, entries.slice(0, this.#wanted), entries.length > this.#wanted)
  }
}

function listing(database: Database, id: string | undefined, options?: Parameters<Database['history']>[1]) {
  return id === undefined ? database.history(undefined, options) : database.history(id, options)
}

/** An entry never changes, but for whether it is shown now and whether its content is still there. */
function keepSame(shown: readonly Entry[], found: readonly Entry[]): Entry[] {
  const byClock = new Map(shown.map(entry => [String(entry.clock), entry]))
  return found.map(entry => {
    const known = byClock.get(String(entry.clock))
    return known !== undefined && isSame(known, entry) ? known : deepFreeze(entry)
  })
}

function isSame(a: Entry, b: Entry): boolean {
  if (!('current' in a) || !('current' in b)) return true
  return a.current === b.current && (a.doc === undefined) === (b.doc === undefined)
}

function stateOf(shown: HistoryState, entries: readonly Entry[], hasMore: boolean): HistoryState {
  const isSameList =
    entries.length === shown.entries.length && entries.every((entry, i) => entry === shown.entries[i])
  if (shown.status === 'ready' && isSameList && shown.hasMore === hasMore) return shown
  return Object.freeze({
    entries: isSameList ? shown.entries : Object.freeze(entries),
    hasMore,
    status: 'ready',
    hydrated: true,
    error: undefined,
  })
}
