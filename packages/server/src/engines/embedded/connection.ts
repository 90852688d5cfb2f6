import Database from 'libsql'
import AsyncDatabase from 'libsql/promise'

/**
 * A connection whose statements run at once in this thread, and whose commits and scripts run in another, so that an
 * fsync stops nobody. Trap: between the start and the end of `exec` nothing else may use it.
 */
export interface Connection {
  prepare(sql: string): Promise<Statement>
  /** Begins a transaction that writes. */
  begin(): void
  exec(sql: string): Promise<void>
  /** Moves everything into the database file and empties the write-ahead log; false while a reader is in the way. */
  checkpoint(): Promise<boolean>
  close(): void
}

export interface Statement {
  run(...values: readonly SqlValue[]): RunResult
  get(...values: readonly SqlValue[]): Row | undefined
}

/** A statement that may give many rows; they are all loaded. */
export interface ReadStatement {
  get(...values: readonly SqlValue[]): Row | undefined
  all(...values: readonly SqlValue[]): readonly Row[]
}

/** A connection for reading, in this thread: readers never wait for the writer. */
export interface ReadConnection {
  prepare(sql: string): ReadStatement
  /** Runs reads that see one state. */
  snapshot<T>(read: () => T): T
  close(): void
}

export type SqlValue = string | number | null | Uint8Array
export type Row = Readonly<Record<string, unknown>>

export interface RunResult {
  readonly changes: number
  readonly lastInsertRowid: number
}

// Only a checkpoint can meet somebody: one who copies the file. It is tried again, and meanwhile others may write.
const BUSY_MS = 1000

export async function openConnection(file: string): Promise<Connection> {
  const database = new AsyncDatabase(file, { timeout: BUSY_MS })
  const prepare = async (sql: string): Promise<Statement> => {
    const statement = await database.prepare(sql)
    return {
      run: (...values) => statement.run(values),
      get: (...values) => statement.get(values),
    }
  }
  const begin = await prepare('BEGIN IMMEDIATE')
  return {
    prepare,
    begin: () => {
      begin.run()
    },
    exec: async sql => {
      await database.exec(sql)
    },
    checkpoint: async () => {
      const [result] = await (await database.prepare('PRAGMA wal_checkpoint(TRUNCATE)')).all()
      return (result as Row | undefined)?.busy === 0
    },
    close: () => database.close(),
  }
}

export function openReadConnection(file: string): ReadConnection {
  const database = new Database(file, { timeout: BUSY_MS })
  database.exec('PRAGMA query_only = ON')
  const begin = database.prepare('BEGIN')
  const end = database.prepare('COMMIT')
  return {
    prepare: sql => {
      const statement = database.prepare(sql)
      return {
        get: (...values) => statement.get(values) as Row | undefined,
        all: (...values) => statement.all(values) as Row[],
      }
    },
    snapshot: read => {
      begin.run()
      try {
        return read()
      } finally {
        end.run()
      }
    },
    close: () => {
      database.close()
    },
  }
}

/** The bytes of a column, which the driver gives as one thing or another. */
export function columnToBytes(value: unknown): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  const { buffer, byteOffset, byteLength } = value as Uint8Array
  return new Uint8Array(buffer, byteOffset, byteLength)
}
