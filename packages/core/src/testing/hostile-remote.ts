import { toHex } from '../primitives/bytes.js'
import { Emitter } from '../primitives/emitter.js'
import { platformPace } from '../primitives/platform-pace.js'
import { advanceLogHash, digestPack, EMPTY_LOG_HASH } from '../protocol/log-hash.js'
import type {
  LogAccess,
  LogEntry,
  LogPage,
  LogPosition,
  ReadLogOptions,
  Remote,
  RemoteEvent,
  RemoteLog,
  StoredPointer,
} from '../protocol/remote.js'
import { ForwardingLog } from './forwarding-log.js'

/** What a {@link HostileRemote} can be told to lie about, and how. */
export const LIES = {
  replay: 'an entry stands in the log once more',
  drop: 'an entry is left out, and the gap is closed',
  reorder: 'the entries stand in another order',
  fork: 'each client is shown what it appended itself, and nothing of others',
  'roll-back': 'the second half of the log is gone, as after a restored backup',
  withhold: 'the log never grows, whatever is appended',
  'stale-pointer': 'the first pointer that there was stays the newest',
  'foreign-pack': 'packs of another database or another log stand in it',
  'forged-commit': 'packs stand in it by somebody who has the key and no right to write',
  'put-in-place': "another entry's pack, or one that nobody asked for, takes the place of an entry",
  'flip-bits': 'a bit of every pack is flipped',
  'wrong-acknowledgement': 'an append is acknowledged with some place, and forgotten',
  'endless-log': 'the log has no end, and digests come that nobody asked for',
} as const

export type Lie = keyof typeof LIES

/**
 * A remote that lies, around one that does not. Whatever it makes of the log, sequence numbers, digests and running
 * hashes fit each other: only what a replica knows by itself shows the lie. What is appended is kept by the honest
 * remote, but for `wrong-acknowledgement`, so that after {@link HostileRemote.tellTruth} everything can be there.
 *
 * @example
 * ```ts
 * const remote = new HostileRemote(new MemoryRemote())
 * db.attach(remote)
 * remote.tell('roll-back')
 * ```
 */
export class HostileRemote implements Remote {
  readonly id: string
  readonly #honest: Remote
  readonly #changed = new Emitter<void>()
  #telling: Telling | undefined

  constructor(honest: Remote) {
    this.id = honest.id
    this.#honest = honest
  }

  /** Lies from now on. `packs` are those that `foreign-pack`, `forged-commit` and `put-in-place` need. */
  tell(lie: Lie, packs: readonly Uint8Array[] = []): void {
    this.#telling = { lie, packs, endByLog: new Map() }
    this.#changed.emit()
  }

  tellTruth(): void {
    this.#telling = undefined
    this.#changed.emit()
  }

  async open(access: LogAccess): Promise<RemoteLog> {
    const log = await this.#honest.open(access)
    return new HostileLog(log, {
      logId: access.logId,
      telling: () => this.#telling,
      onChange: listener => this.#changed.subscribe(listener),
    })
  }
}

interface Telling {
  readonly lie: Lie
  readonly packs: readonly Uint8Array[]
  /** Where each log ended when the lie began. */
  readonly endByLog: Map<string, number>
}

interface HostileLogParts {
  readonly logId: string
  readonly telling: () => Telling | undefined
  readonly onChange: (listener: () => void) => () => void
}

/** An entry before it is known where it is shown. */
type ShownEntry = Omit<LogEntry, 'seq'>

const ENDLESS_PAGE = 40

/** What one client is shown. */
class HostileLog extends ForwardingLog {
  readonly #parts: HostileLogParts
  /** Digests of what this client appended. */
  readonly #own = new Set<string>()
  readonly #endlessHashes = [EMPTY_LOG_HASH]
  #firstPointer: StoredPointer | undefined

  constructor(log: RemoteLog, parts: HostileLogParts) {
    super(log)
    this.#parts = parts
  }

  override async append(pack: Uint8Array): Promise<LogPosition> {
    this.#own.add(toHex(digestPack(pack)))
    if (this.#parts.telling()?.lie === 'wrong-acknowledgement')
      return { seq: 1_000_000, hash: digestPack(digestPack(pack)) }
    return super.append(pack)
  }

  override async read(after: number, options: ReadLogOptions = {}): Promise<LogPage> {
    const telling = this.#parts.telling()
    if (telling === undefined) return super.read(after, options)
    if (telling.lie === 'endless-log') return this.#endlessPage(after, options.signal)
    const entries = numbered(await this.#shown(telling))
    const hashes = hashesOf(entries)
    return {
      before: hashes[after],
      entries: entries.slice(after, after + (options.limit ?? 100)),
      head: { seq: entries.length, hash: hashes.at(-1) as Uint8Array },
    }
  }

  override async digests(after: number, limit: number, signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const telling = this.#parts.telling()
    if (telling === undefined) return super.digests(after, limit, signal)
    if (telling.lie === 'endless-log')
      return (await this.#endlessPage(after, signal)).entries.map(({ digest }) => digest)
    return (await this.#shown(telling)).slice(after, after + limit).map(({ digest }) => digest)
  }

  /** While it lies it tells nothing; that it begins or ends to lie is heard as a new connection. */
  override follow(after: number, listener: (event: RemoteEvent) => void): () => void {
    const stops = [
      super.follow(after, event => this.#parts.telling() === undefined && listener(event)),
      this.#parts.onChange(() => listener({ kind: 'restored' })),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  override async getPointer(signal?: AbortSignal): Promise<StoredPointer | undefined> {
    const pointer = await super.getPointer(signal)
    this.#firstPointer ??= pointer
    return this.#parts.telling()?.lie === 'stale-pointer' ? this.#firstPointer : pointer
  }

  /** Of a log that has the same rubbish at every place; with a turn for others between, as on a network. */
  async #endlessPage(after: number, signal: AbortSignal | undefined): Promise<LogPage> {
    // Fails where the log was closed.
    await super.digests(after, 1, signal)
    await platformPace.pause()
    const rubbish = shown(new Uint8Array(9))
    while (this.#endlessHashes.length <= after)
      this.#endlessHashes.push(advanceLogHash(this.#endlessHashes.at(-1) as Uint8Array, rubbish.digest))
    return {
      before: this.#endlessHashes[after],
      entries: Array.from({ length: ENDLESS_PAGE }, (_, i) => ({ ...rubbish, seq: after + i + 1 })),
      head: { seq: after + 1_000_000, hash: new Uint8Array(32) },
    }
  }

  async #shown(telling: Telling): Promise<ShownEntry[]> {
    const { entries } = await super.read(0, { limit: 1_000_000, bytes: Number.MAX_SAFE_INTEGER })
    const { logId } = this.#parts
    const end = telling.endByLog.get(logId) ?? entries.length
    telling.endByLog.set(logId, end)
    return lieAbout(entries, { ...telling, end, isOwn: digest => this.#own.has(toHex(digest)) })
  }
}

interface Facts extends Pick<Telling, 'lie' | 'packs'> {
  /** Where the log ended when the lie began. */
  readonly end: number
  readonly isOwn: (digest: Uint8Array) => boolean
}

function lieAbout(entries: readonly ShownEntry[], { lie, packs, end, isOwn }: Facts): ShownEntry[] {
  switch (lie) {
    case 'replay':
      return [...entries.slice(0, end), ...entries.slice(0, 1), ...entries.slice(end)]
    case 'drop':
      return entries.filter((_, i) => i !== 1)
    case 'reorder':
      return [...entries.slice(0, end).toReversed(), ...entries.slice(end)]
    case 'fork':
      return entries.filter(({ digest }) => isOwn(digest))
    case 'roll-back':
      return [...entries.slice(0, Math.floor(end / 2)), ...entries.slice(end)]
    case 'withhold':
      return entries.slice(0, end)
    case 'foreign-pack':
    case 'forged-commit':
      return [...entries.slice(0, end), ...packs.map(shown), ...entries.slice(end)]
    case 'put-in-place':
      return putInPlace(entries, packs, end)
    case 'flip-bits':
      return entries.map(({ pack }) => shown(pack.with(-1, (pack.at(-1) as number) ^ 1)))
    case 'stale-pointer':
    case 'wrong-acknowledgement':
    case 'endless-log':
      return [...entries]
  }
}

/** Given packs in the place of the first entries, and the first entry's pack in that of the last. */
function putInPlace(entries: readonly ShownEntry[], packs: readonly Uint8Array[], end: number): ShownEntry[] {
  return entries.map((entry, i) => {
    const pack = packs[i] ?? (i > 0 && i === end - 1 ? entries[0]?.pack : undefined)
    return pack === undefined ? entry : { ...entry, pack, isRedacted: true }
  })
}

function shown(pack: Uint8Array): ShownEntry {
  return { pack, digest: digestPack(pack), isRedacted: false }
}

function numbered(entries: readonly ShownEntry[]): LogEntry[] {
  return entries.map((entry, i) => ({ ...entry, seq: i + 1 }))
}

function hashesOf(entries: readonly LogEntry[]): Uint8Array[] {
  const hashes = [EMPTY_LOG_HASH]
  for (const { digest } of entries) hashes.push(advanceLogHash(hashes.at(-1) as Uint8Array, digest))
  return hashes
}
