import type { Changed, Clock } from '../document-types.js'

export interface ForkOptions {
  /** The moment it begins at. Default: now. */
  readonly asOf?: Clock
}

/** A document that differs between two databases. */
export interface Difference<D> {
  readonly id: string
  /** Seen from the database that was asked: what the other one has more, less, or otherwise. */
  readonly kind: 'added' | 'deleted' | 'changed'
  /** Here; `undefined` where there is none. */
  readonly mine: Changed<D> | undefined
  /** In the other database; `undefined` where there is none. */
  readonly theirs: Changed<D> | undefined
  /** The fields that differ, as paths such as `address.city`; empty where one side has no document. */
  readonly fields: readonly string[]
}

export interface MergeOptions {
  /** Picks these documents, as they are there, by new commits that name where they come from. Without it all commits come over. */
  readonly only?: readonly string[]
  /** With `only`: as they were there at this moment. Default: now. */
  readonly asOf?: Clock
}

export interface MergeResult {
  readonly clock: Clock
  /** Commits that were not here before. */
  readonly commits: number
  /** Documents that were changed by it. */
  readonly ids: readonly string[]
}
