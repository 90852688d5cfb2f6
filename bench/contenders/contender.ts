import type { Task } from '../task.mjs'

export type EnvironmentName = 'node' | 'chromium'

/** Where a cell may store data; nobody else uses it. */
export interface Place {
  readonly environment: EnvironmentName
  /** An empty folder; only in Node. In Chromium the profile is fresh instead. */
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
export type Operation = Exclude<keyof Session, 'close'>

/** An open database of a contender. */
export interface Session {
  /** Resolves when the document is as durable as the table says. */
  put(task: Task): Promise<unknown>
  /** Stores 1,000 documents in one call. */
  bulk(tasks: readonly Task[]): Promise<unknown>
  get(id: string): Promise<unknown>
  /** The documents of a room, by an index. */
  query(room: string): Promise<readonly Task[]>
  /** Calls `listener` with the documents of a room, now and after each change; returns what ends that. */
  live(room: string, listener: (tasks: readonly Task[]) => void): () => void
  close(): Promise<void>
}

/** One way to store documents. Its session has the operations it names, and may lack the others. */
export interface Contender {
  /** For `--only` and the results. */
  readonly id: string
  /** For the tables. */
  readonly label: string
  readonly environments: readonly EnvironmentName[]
  readonly operations: readonly Operation[]
  open(place: Place): Promise<Partial<Session> & Pick<Session, 'close'>>
}
