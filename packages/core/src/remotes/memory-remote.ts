import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import { advanceLogHash, EMPTY_LOG_HASH } from './log-hash.js'
import type { LogEntry, LogPosition, Remote } from './remote.js'

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
