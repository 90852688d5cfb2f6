import type { Database, LiveQuery, LiveSnapshot, QueryOptions, QueryRow } from '@firekeep/core'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import { failedState, type LiveState, LOADING } from './live-state.js'

/** What a query may be by. Its types are the concern of the hooks. */
export type QueryBy = string | readonly string[] | AnyMap
export type AnyMap = (doc: never, emit: never) => unknown

/** The two methods that are needed of a database, without the types that only the hooks' callers care for. */
interface QueryableDatabase {
  live(by: QueryBy, options: QueryOptions): LiveQuery<object>
  query(by: QueryBy, options: QueryOptions): Promise<unknown>
}

export type AnyRow = QueryRow<object>
export type AnyLiveState = LiveState<AnyRow, object>

export interface LiveQuerySourceParts {
  readonly database: Database
  readonly by: QueryBy
  readonly options: QueryOptions
}

/** A live query as a component reads it. It runs while somebody listens. */
export class LiveQuerySource {
  readonly source: Source<AnyLiveState>
  readonly #database: QueryableDatabase
  readonly #by: QueryBy
  readonly #options: QueryOptions
  #live: LiveQuery<object> | undefined
  #isHydrated = false
  #refusal: AnyLiveState | undefined

  #checks = 0

  constructor({ database, by, options }: LiveQuerySourceParts) {
    this.#database = database as unknown as QueryableDatabase
    this.#by = by
    this.#options = options
    this.source = new Source<AnyLiveState>(LOADING, () => this.#follow())
  }

  /** What the query was made with. */
  get by(): QueryBy {
    return this.#by
  }

  /**
   * Lets the database check that another function of the same text emits the same: one written inline is a new
   * object at every render, and may have captured a variable that changed. Then nothing is shown but its
   * `INVALID_QUERY`. Asking for no rows makes it do that check and nothing else.
   */
  async verify(by: QueryBy): Promise<void> {
    if (by === this.#by && this.#refusal === undefined) return
    const check = ++this.#checks
    const { name, version } = this.#options
    const refusal = await this.#database.query(by, { name, version, limit: 0 }).then(() => undefined, toError)
    if (check !== this.#checks) return
    this.#refuse(refusal && (this.#refusal ?? failedState(refusal)))
  }

  #refuse(refusal: AnyLiveState | undefined): void {
    if (this.#refusal === refusal) return
    this.#refusal = refusal
    this.#show()
  }

  #follow(): () => void {
    try {
      this.#live ??= this.#database.live(this.#by, this.#options)
      const stop = this.#live.subscribe(() => this.#show())
      this.#show()
      return stop
    } catch (error) {
      this.source.publish(failedState(toError(error)))
      return () => undefined
    }
  }

  #show(): void {
    const snapshot = this.#live?.getSnapshot()
    if (snapshot !== undefined) this.source.publish(this.#refusal ?? this.#stateOf(snapshot))
  }

  #stateOf({ docs, rows, status, error }: LiveSnapshot<object>): AnyLiveState {
    if (status === 'ready') this.#isHydrated = true
    const shown = this.source.getSnapshot()
    const isShown =
      shown.docs === docs && shown.rows === rows && shown.status === status && shown.error === error
    return isShown ? shown : Object.freeze({ docs, rows, status, error, hydrated: this.#isHydrated })
  }
}
