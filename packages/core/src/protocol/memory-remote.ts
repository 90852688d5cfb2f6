import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import type { LogEntry, LogPosition, Remote } from './remote.js'

/** The running hash before the first entry. */
export const EMPTY_LOG_HASH: Uint8Array = new Uint8Array(32)

/** The running hash after an entry: SHA-256 of the hash before it and the hash of its pack. */
export function advanceLogHash(before: Uint8Array, pack: Uint8Array): Uint8Array {
  return sha256(concatBytes(before, sha256(pack)))
}

/** A remote in memory, for tests and for replicas in one process. */
export class MemoryRemote implements Remote {
  readonly id: string
  readonly #entries: (LogEntry & { readonly digest: Uint8Array })[] = []
  readonly #pokes = new Emitter<void>()

  constructor(id = 'memory') {
    this.id = id
  }

  async append(pack: Uint8Array): Promise<LogPosition> {
    const digest = sha256(pack)
    const known = this.#entries.find(entry => equalBytes(entry.digest, digest))
    if (known !== undefined) return known
    const before = this.#entries.at(-1)?.hash ?? EMPTY_LOG_HASH
    const entry = {
      seq: this.#entries.length + 1,
      hash: advanceLogHash(before, pack),
      pack: pack.slice(),
      digest,
    }
    this.#entries.push(entry)
    this.#pokes.emit()
    return entry
  }

  async read(after: number, limit: number): Promise<LogEntry[]> {
    return this.#entries
      .slice(after, after + limit)
      .map(({ seq, hash, pack }) => ({ seq, hash, pack: pack.slice() }))
  }

  follow(listener: () => void): () => void {
    return this.#pokes.subscribe(listener)
  }
}
