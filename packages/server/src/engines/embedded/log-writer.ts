import { advanceLogHash, EMPTY_LOG_HASH, type RemotePointer } from '@firekeep/core/protocol'
import { entryBytes } from '../../log/entry-bytes.js'
import type { AppendedEntry, NewEntry } from '../../log/log.js'
import { entryNotFoundError, goneError, logFullError } from '../../log/log-errors.js'
import { type Connection, columnToBytes } from './connection.js'
import { PackTable } from './pack-table.js'

const CLEARED_ENTRIES = 200
const KNOWN_LOGS = 10_000

/**
 * The writing verbs on one connection, inside a transaction of the caller's. Each either checks everything before it
 * writes anything, or throws what fails the whole transaction: so one refused call spoils no other.
 */
export class LogWriter {
  readonly #statements: Statements
  readonly #packs: PackTable
  /** States of logs that were written to lately. A writer whose transaction failed is thrown away with them. */
  readonly #stateByLog = new Map<string, LogState>()
  readonly #moved = new Set<LogState>()

  private constructor(statements: Statements, packs: PackTable) {
    this.#statements = statements
    this.#packs = packs
  }

  static async open(connection: Connection): Promise<LogWriter> {
    return new LogWriter(await prepareStatements(connection), await PackTable.open(connection))
  }

  append(log: string, { digest, pack, blobs, maxBytes }: NewEntry): AppendedEntry {
    const found = this.#getLog(log)
    const known = found && this.#find(found.id, digest)
    if (known) return known
    const bytes = entryBytes(pack.length, blobs.length)
    if ((found?.bytes ?? 0) + bytes > maxBytes) throw logFullError(maxBytes)
    const state = found ?? this.#addLog(log)
    const seq = state.seq + 1
    const hash = advanceLogHash(state.hash, digest)
    const names = blobs.length === 0 ? null : JSON.stringify(blobs)
    const place = this.#packs.add(pack)
    this.#statements.addEntry.run(state.id, seq, digest, hash, prefixOf(digest), place, pack.length, names)
    state.seq = seq
    state.hash = hash
    state.bytes += bytes
    this.#moved.add(state)
    return { seq, hash, isRepeated: false }
  }

  setPointer(log: string, pointer: RemotePointer, version: string, replaces: string | undefined): boolean {
    const { lastPointer, addPointer, dropPointers } = this.#statements
    const state = this.#getLog(log)
    const current = state && lastPointer.get(state.id)
    if (current?.version === version) return true
    if (current?.version !== replaces) return false
    const { id } = state ?? this.#addLog(log)
    const number = ((current?.number as number | undefined) ?? 0) + 1
    addPointer.run(id, number, version, pointer.seq, JSON.stringify(pointer.blobs), pointer.sealed)
    dropPointers.run(id, number - 2)
    return true
  }

  redact(log: string, seq: number, pack: Uint8Array, maxBytes = Number.POSITIVE_INFINITY): void {
    const { entryAt, redactEntry } = this.#statements
    const state = this.#getLog(log)
    const entry = state && entryAt.get(state.id, seq)
    if (!(state && entry)) throw entryNotFoundError(seq)
    const blobs = entry.blobs as number
    const growth = entryBytes(pack.length, blobs) - entryBytes(entry.size as number, blobs)
    if (growth > 0 && state.bytes + growth > maxBytes) throw logFullError(maxBytes)
    const place = this.#packs.replace(entry.pack as number, pack)
    redactEntry.run(place, pack.length, entry.id as number)
    state.bytes += growth
    this.#moved.add(state)
  }

  /** Leaves a tombstone; the entries are still to be cleared. Answers the row of the log. */
  bury(log: string): number {
    const { logByName, buryLog, dropPointers } = this.#statements
    const id = (logByName.get(log)?.id as number | undefined) ?? this.#addLog(log).id
    const state = this.#stateByLog.get(log)
    if (state) this.#moved.delete(state)
    this.#stateByLog.delete(log)
    buryLog.run(EMPTY_LOG_HASH, id)
    dropPointers.run(id, Number.MAX_SAFE_INTEGER)
    return id
  }

  /** Clears some entries of a buried log; answers whether there may be more. */
  clearSome(id: number): boolean {
    const { firstEntry, dropEntry } = this.#statements
    for (let count = 0; count < CLEARED_ENTRIES; count++) {
      const entry = firstEntry.get(id)
      if (!entry) return false
      this.#packs.free(entry.pack as number)
      dropEntry.run(entry.id as number)
    }
    return true
  }

  /** A buried log that has entries still, as after a crash. */
  findUncleared(): number | undefined {
    return this.#statements.uncleared.get()?.id as number | undefined
  }

  /** Writes where the logs end now. Belongs right before each commit. */
  flush(): void {
    for (const { id, seq, hash, bytes } of this.#moved) this.#statements.moveHead.run(seq, hash, bytes, id)
    this.#moved.clear()
    if (this.#stateByLog.size > KNOWN_LOGS) this.#stateByLog.clear()
  }

  #find(log: number, digest: Uint8Array): AppendedEntry | undefined {
    const row = this.#statements.entryByDigest.get(log, prefixOf(digest), digest)
    return row && { seq: row.seq as number, hash: columnToBytes(row.hash), isRepeated: true }
  }

  /** `undefined` for a log that nothing was written to; `GONE` for a removed one. */
  #getLog(log: string): LogState | undefined {
    const known = this.#stateByLog.get(log)
    if (known !== undefined) return known
    const row = this.#statements.logByName.get(log)
    if (!row) return undefined
    if (row.removed !== 0) throw goneError()
    const { id, seq, hash, bytes } = row
    return this.#remember(log, {
      id: id as number,
      seq: seq as number,
      hash: columnToBytes(hash),
      bytes: bytes as number,
    })
  }

  #addLog(log: string): LogState {
    const id = this.#statements.addLog.run(log, EMPTY_LOG_HASH).lastInsertRowid
    return this.#remember(log, { id, seq: 0, hash: EMPTY_LOG_HASH, bytes: 0 })
  }

  #remember(log: string, state: LogState): LogState {
    this.#stateByLog.set(log, state)
    return state
  }
}

interface LogState {
  readonly id: number
  seq: number
  hash: Uint8Array
  bytes: number
}

/** The first six bytes as a number, which a column holds exactly. */
function prefixOf(digest: Uint8Array): number {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).readUIntBE(0, 6)
}

type Statements = Awaited<ReturnType<typeof prepareStatements>>

async function prepareStatements(connection: Connection) {
  const prepare = (sql: string) => connection.prepare(sql)
  return {
    logByName: await prepare('SELECT id, removed, seq, hash, bytes FROM logs WHERE name = ?'),
    addLog: await prepare('INSERT INTO logs (name, hash) VALUES (?, ?)'),
    moveHead: await prepare('UPDATE logs SET seq = ?, hash = ?, bytes = ? WHERE id = ?'),
    buryLog: await prepare('UPDATE logs SET removed = 1, seq = 0, hash = ?, bytes = 0 WHERE id = ?'),
    uncleared: await prepare(
      'SELECT id FROM logs WHERE removed = 1 AND EXISTS (SELECT 1 FROM entries WHERE log = logs.id) LIMIT 1',
    ),
    addEntry: await prepare(
      'INSERT INTO entries (log, seq, digest, hash, prefix, pack, size, blobs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    entryByDigest: await prepare('SELECT seq, hash FROM entries WHERE log = ? AND prefix = ? AND digest = ?'),
    entryAt: await prepare(
      "SELECT id, pack, size, json_array_length(coalesce(blobs, '[]')) AS blobs FROM entries WHERE log = ? AND seq = ?",
    ),
    redactEntry: await prepare('UPDATE entries SET pack = ?, size = ?, redacted = 1 WHERE id = ?'),
    firstEntry: await prepare('SELECT id, pack FROM entries WHERE log = ? ORDER BY seq LIMIT 1'),
    dropEntry: await prepare('DELETE FROM entries WHERE id = ?'),
    lastPointer: await prepare(
      'SELECT number, version FROM pointers WHERE log = ? ORDER BY number DESC LIMIT 1',
    ),
    addPointer: await prepare(
      'INSERT INTO pointers (log, number, version, seq, blobs, sealed) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    dropPointers: await prepare('DELETE FROM pointers WHERE log = ? AND number <= ?'),
  }
}
