import { EMPTY_LOG_HASH, type StoredPointer } from '@firekeep/core/protocol'
import type { LogInfo, ReadLimits, StoredPage } from '../../log/log.js'
import { goneError } from '../../log/log-errors.js'
import { columnToBytes, type ReadConnection, type ReadStatement, type Row } from './connection.js'

const LISTED = 500

/** The reading verbs on one connection. Each sees one state. */
export class LogReader {
  readonly #connection: ReadConnection
  readonly #statements: Readonly<Record<keyof typeof SQL, ReadStatement>>

  constructor(connection: ReadConnection) {
    this.#connection = connection
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, connection.prepare(sql)])
    this.#statements = Object.fromEntries(prepared)
  }

  read(log: string, after: number, limits: ReadLimits): StoredPage {
    return this.#connection.snapshot(() => {
      const state = this.#getLog(log)
      const head = state?.head ?? { seq: 0, hash: EMPTY_LOG_HASH }
      if (state === undefined || after >= head.seq) {
        return { before: after === head.seq ? head.hash : undefined, entries: [], head }
      }
      const { hashAt, entries } = this.#statements
      const before = after === 0 ? EMPTY_LOG_HASH : columnToBytes(hashAt.get(state.id, after)?.hash)
      const last = this.#lastThatFits(state.id, after, limits)
      return { before, entries: entries.all(state.id, after, last).map(rowToEntry), head }
    })
  }

  digests(log: string, after: number, limit: number): readonly Uint8Array[] {
    return this.#connection.snapshot(() => {
      const state = this.#getLog(log)
      const rows = state === undefined ? [] : this.#statements.digests.all(state.id, after, limit)
      return rows.map(row => columnToBytes(row.digest))
    })
  }

  getPointer(log: string): StoredPointer | undefined {
    return this.#connection.snapshot(() => {
      const state = this.#getLog(log)
      const row = state && this.#statements.pointer.get(state.id)
      return row === undefined
        ? undefined
        : {
            seq: row.seq as number,
            blobs: JSON.parse(row.blobs as string),
            sealed: columnToBytes(row.sealed),
            version: row.version as string,
          }
    })
  }

  info(log: string): LogInfo {
    const state = this.#getLog(log)
    return { head: state?.head ?? { seq: 0, hash: EMPTY_LOG_HASH }, bytes: state?.bytes ?? 0 }
  }

  /** Some ids of logs that are not removed, in order, after one. */
  list(after: string): readonly string[] {
    return this.#statements.logs.all(after, LISTED).map(row => row.name as string)
  }

  referencedBlobs(log: string): ReadonlySet<string> {
    return this.#connection.snapshot(() => {
      const state = this.#getLog(log)
      if (state === undefined) return new Set<string>()
      const pointers = this.#statements.pointers.all(state.id)
      // With less than two pointers somebody may still be reading the log from its start.
      const from = pointers.length < 2 ? 0 : Math.min(...pointers.map(row => row.seq as number))
      const entries = this.#statements.blobLists.all(state.id, from)
      return new Set([...pointers, ...entries].flatMap(row => JSON.parse(row.blobs as string) as string[]))
    })
  }

  close(): void {
    this.#connection.close()
  }

  #getLog(log: string) {
    const row = this.#statements.logByName.get(log)
    if (row === undefined) return undefined
    if (row.removed !== 0) throw goneError()
    const head = { seq: row.seq as number, hash: columnToBytes(row.hash) }
    return { id: row.id as number, head, bytes: row.bytes as number }
  }

  /** Looks at sizes alone, so that no pack is loaded in vain. */
  #lastThatFits(id: number, after: number, { limit, bytes }: ReadLimits): number {
    let last = after
    let size = 0
    for (const row of this.#statements.sizes.all(id, after, limit)) {
      size += row.size as number
      if (size > bytes && last > after) break
      last = row.seq as number
    }
    return last
  }
}

const SQL = {
  logByName: 'SELECT id, removed, seq, hash, bytes FROM logs WHERE name = ?',
  logs: 'SELECT name FROM logs WHERE name > ? AND removed = 0 ORDER BY name LIMIT ?',
  hashAt: 'SELECT hash FROM entries WHERE log = ? AND seq = ?',
  sizes: 'SELECT seq, size FROM entries WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?',
  entries: `SELECT seq, digest, redacted, size, packs.pack AS pack FROM entries JOIN packs ON packs.id = entries.pack
    WHERE log = ? AND seq > ? AND seq <= ? ORDER BY seq`,
  digests: 'SELECT digest FROM entries WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?',
  pointer: 'SELECT seq, version, blobs, sealed FROM pointers WHERE log = ? ORDER BY number DESC LIMIT 1',
  pointers: 'SELECT seq, blobs FROM pointers WHERE log = ?',
  blobLists: 'SELECT blobs FROM entries WHERE log = ? AND seq > ? AND blobs IS NOT NULL',
}

function rowToEntry(row: Row) {
  return {
    seq: row.seq as number,
    digest: columnToBytes(row.digest),
    // The row may be longer than the pack in it.
    pack: columnToBytes(row.pack).subarray(0, row.size as number),
    isRedacted: row.redacted !== 0,
  }
}
