import type { EnvironmentName, Place } from '../../contenders/contender.js'
import type { Task } from '../../task.mjs'

/** What a contender may be measured at. */
export type HistoryOperation = Exclude<keyof HistorySession, 'close'>

export type FindTask = (id: string) => Promise<Task | undefined>

/** What a measure of the past begins with. */
export interface PastParts {
  readonly documents: number
  /** Then so many commits change one document each, as `changedTask` says. */
  readonly commits: number
  /** After how many of these commits it is read. */
  readonly moments: readonly number[]
}

/**
 * A place to store in, still empty. Each operation fills it, which is not timed, and answers with what is. A session
 * serves one of them.
 */
export interface HistorySession {
  /** Writes one document so often, each time in a commit; the answer reads all its versions, newest first. */
  listVersions(versions: number): Promise<() => Promise<readonly Task[]>>
  /** The answer reads the documents of a room as they were at a moment. */
  queryPast(parts: PastParts): Promise<(moment: number, room: string) => Promise<readonly Task[]>>
  /** The answer makes one more copy that goes its own way, and gives what reads it. */
  fork(documents: number): Promise<() => Promise<FindTask>>
  /** Forks documents and changes as many of them as there are to be differences; the answer finds their ids. */
  diff(parts: {
    readonly documents: number
    readonly differences: number
  }): Promise<() => Promise<readonly string[]>>
  /** Forks documents, and changes one in each of so many commits there; the answer brings these over, and gives what reads. */
  merge(parts: { readonly documents: number; readonly commits: number }): Promise<() => Promise<FindTask>>
  /** Makes so many commits of one document each; the answer checks them, and tells how many it did. */
  verify(commits: number): Promise<() => Promise<number>>
  /** `store` makes it durable, once; `load` tells how many bytes it read. */
  file(bytes: Uint8Array<ArrayBuffer>): Promise<{
    readonly store: () => Promise<unknown>
    readonly load: () => Promise<number>
  }>
  close(): Promise<void>
}

export type OpenHistorySession = (
  place: Place,
) => Promise<Partial<HistorySession> & Pick<HistorySession, 'close'>>

/** One way to keep a history. Its session has the operations it names. */
export interface HistoryContender {
  /** For `--only`, `--contenders` and the results. */
  readonly id: string
  /** For the tables. */
  readonly label: string
  /** The npm package that gives the version. */
  readonly package?: string
  readonly environments: readonly EnvironmentName[]
  readonly operations: readonly HistoryOperation[]
  /** Loads the code, which is no part of any figure, but for what Firekeep loads when it is first used. */
  load(): Promise<OpenHistorySession>
}
