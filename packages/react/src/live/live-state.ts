import type { FirekeepError } from '@firekeep/core'

/** What the hooks that list something show. One object until something of it changes; shared and frozen. */
export interface LiveState<Row, Doc> {
  readonly docs: readonly Doc[]
  readonly rows: readonly Row[]
  /** `loading`: not read yet. `error`: see `error`; what was read before stays. */
  readonly status: 'loading' | 'ready' | 'error'
  /** Whether the data was read at all: only then does an empty list mean that there is nothing. */
  readonly hydrated: boolean
  readonly error: FirekeepError | undefined
}

const NOTHING: readonly never[] = Object.freeze([])

/** Before the first read, and on a server. */
export const LOADING: LiveState<never, never> = Object.freeze({
  docs: NOTHING,
  rows: NOTHING,
  status: 'loading',
  hydrated: false,
  error: undefined,
})

/** A query that cannot be answered at all: nothing is shown rather than the rows of another one. */
export function failedState(error: FirekeepError): LiveState<never, never> {
  return Object.freeze({ ...LOADING, status: 'error', error })
}
