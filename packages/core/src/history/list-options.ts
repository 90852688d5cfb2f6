import type { CommitRef } from '../commits/ancestry.js'

/** Which part of a history to list. */
export interface ListOptions {
  /** Begin behind this place. */
  readonly after?: CommitRef | undefined
  /** About how many are wanted: no more is read ahead than that. */
  readonly limit: number
}

const FIRST_STEP = 8
const LARGEST_STEP = 256

/** How many to read at a time, without end: few at first, as many callers stop early. */
export function* stepSizes(limit: number): Generator<number, never> {
  for (let size = FIRST_STEP; ; size = Math.min(4 * size, LARGEST_STEP))
    yield Math.min(size, Math.max(1, limit))
}
