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
      const live = this.#database.live(this.#by, this.#options)
      const stop = live.subscribe(() => this.#show())
      this.#live = live
      this.#show()
      return () => {
        stop()
        live.close()
      }
    } catch (error) {
      this.source.publish(failedState(toError(error)))
      return () => undefined
    }
  }

  #show(): void {
    const snapshot = this.#live?.getSnapshot()
    if (this.#refusal !== undefined) this.source.publish(this.#refusal)
    else if (snapshot !== undefined) this.source.publish(this.#stateOf(snapshot))
  }

  #stateOf({ docs, rows, status, error }: LiveSnapshot<object>): AnyLiveState {
    const shown = this.source.getSnapshot()
    // One that is shown again after it was hidden keeps what it had until there is something newer.
    if (status === 'loading') return shown
    if (status === 'ready') this.#isHydrated = true
    return Object.freeze({ docs, rows, status, error, hydrated: this.#isHydrated })
  }
}
