import type { Task } from '../task.mjs'

export type EnvironmentName = 'node' | 'chromium'

/** Where a cell may store data; nobody else uses it. */
export interface Place {
  readonly environment: EnvironmentName
  /** A folder, empty or filled by an earlier process; only in Node. In Chromium the profile takes its part. */
  readonly dir: string
  readonly recordBytes: RecordBytes
}

/** The length of the sealed records in which Firekeep stores documents: what the floors store. */
export interface RecordBytes {
  /** One document by `put`. */
  readonly put: number
  /** 1,000 documents by `bulk`. */
  readonly bulk: number
}

/** What a contender may be measured at. */
export type Operation = Exclude<keyof Session, 'close' | 'compact'>

/** An open database of a contender. */
export interface Session {
  /** Resolves when the document is as durable as the table says; a document by the same id is replaced. */
  put(task: Task): Promise<unknown>
  /** Stores new documents in one call. */
  bulk(tasks: readonly Task[]): Promise<unknown>
  get(id: string): Promise<Task | undefined>
  /** The documents of a room, by an index. */
  query(room: string): Promise<readonly Task[]>
  /** Calls `listener` with the documents of a room, now and after each change; returns what ends that. */
  live(room: string, listener: (tasks: readonly Task[]) => void): () => void
  /** Does what the contender does to take less room; also in the course of time by itself, or only when asked. */
  compact?(): Promise<unknown>
  close(): Promise<void>
}

export type OpenSession = (place: Place) => Promise<Partial<Session> & Pick<Session, 'close'>>

/** One way to store documents. Its session has the operations it names, and may lack the others. */
export interface Contender {
  /** For `--only`, `--contenders` and the results. */
  readonly id: string
  /** For the tables. */
  readonly label: string
  /** The npm package that gives the version. */
  readonly package?: string
  /** The source of the least that an app imports to use it as here: what the size of the bundle is taken of. */
  readonly imports?: string
  readonly environments: readonly EnvironmentName[]
  readonly operations: readonly Operation[]
  /** Documents in a call where a database is filled for other processes; 10,000 where nothing is said. */
  readonly fillBatch?: number
  /** Loads the code, which is no part of any figure. */
  load(): Promise<OpenSession>
}
