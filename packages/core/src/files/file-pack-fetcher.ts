import type { FilePackPlace } from '../codec/file-info.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { damagedPack } from '../packs/pack-error.js'
import type { PackSource } from '../packs/pack-source.js'
import type { Progress } from '../primitives/progress.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { FilePacks } from './file-packs.js'
import type { SegmentWriter } from './segment-writer.js'
import { SharedFetch } from './shared-fetch.js'

export interface FilePackFetcherParts {
  readonly packs: Pick<FilePacks, 'startWriting' | 'publish'>
  /** The remotes of this moment, each by itself: what one has damaged another may have whole. */
  readonly sources: () => readonly PackSource[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Bytes of one request; for tests. */
  readonly pieceBytes?: number
}

export interface FetchPackOptions {
  readonly signal?: AbortSignal | undefined
  /** Bytes of the pack that are here, of all. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

type FetchedPack = Pick<FilePackPlace, 'name' | 'length'>

interface BegunPack {
  readonly segments: SegmentWriter
  readonly since: number
}

const PIECE_BYTES = 2 * 1024 * 1024
/** How many packs are kept of which only a part could be fetched: each takes room. */
const MAX_RESTING = 2
/** Segments without a record go after a day, whoever may be fetching: what is begun is begun anew well before. */
const MAX_AGE = 12 * 60 * 60_000

/**
 * Fetches file packs from remotes and stores them here, in the place of what is there under their names. Callers of the
 * same pack share one fetch, which ends when the last of them gives up. What was fetched until it failed or was given up
 * is not fetched again for some hours, of the last two packs and while the database is open.
 */
export class FilePackFetcher {
  readonly #parts: FilePackFetcherParts
  readonly #running = new Map<string, SharedFetch>()
  /** The one that was begun or went on last at the end. */
  readonly #begun = new Map<string, BegunPack>()
  #isClosed = false

  constructor(parts: FilePackFetcherParts) {
    this.#parts = parts
  }

  /**
   * Resolves when the pack is stored. `FILE_UNAVAILABLE` where no remote has it or there is none, `CORRUPT` where those
   * that have it have other bytes, what the remotes fail with where none can tell, `QUOTA_EXCEEDED` without room.
   */
  async fetch(pack: FetchedPack, { signal, onProgress }: FetchPackOptions = {}): Promise<void> {
    const tell = onProgress && ((done: number) => onProgress({ done, total: pack.length }))
    for (;;) {
      throwIfAborted(signal)
      this.#assertOpen()
      const running = this.#running.get(pack.name)
      if (running === undefined) return this.#start(pack).join(signal, tell)
      if (!running.signal.aborted) return running.join(signal, tell)
      // The last caller gave it up: what it is storing has to be there before anybody goes on.
      await running.done.catch(() => undefined)
    }
  }

  /** Ends what is under way, which fails with `CLOSED`, and removes what was fetched in part. */
  async close(): Promise<void> {
    this.#isClosed = true
    const running = [...this.#running.values()]
    for (const shared of running) shared.stop()
    await Promise.allSettled(running.map(({ done }) => done))
    for (const name of [...this.#begun.keys()]) await this.#discard(name).catch(() => undefined)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new FirekeepError('CLOSED', 'the database is closed')
  }

  #start(pack: FetchedPack): SharedFetch {
    const shared = new SharedFetch(async each => {
      try {
        await this.#fetch(pack, each)
      } catch (error) {
        this.#assertOpen()
        throw error
      } finally {
        await this.#rest(pack.name)
        this.#running.delete(pack.name)
      }
    })
    this.#running.set(pack.name, shared)
    return shared
  }

  async #fetch(pack: FetchedPack, shared: SharedFetch): Promise<void> {
    const sources = this.#parts.sources()
    try {
      await this.#fetchFrom(sources, pack, shared)
    } catch (error) {
      if (!hasErrorCode(error, 'CORRUPT') || sources.length === 1) throw error
      await this.#fetchFromOne(sources, pack, shared, error)
    }
  }

  /** What one remote has damaged another may have whole. */
  async #fetchFromOne(
    sources: readonly PackSource[],
    pack: FetchedPack,
    shared: SharedFetch,
    failure: unknown,
  ): Promise<void> {
    for (const source of sources) {
      try {
        await this.#fetchFrom([source], pack, shared)
        return
      } catch (error) {
        throwIfAborted(shared.signal)
        if (hasErrorCode(error, 'QUOTA_EXCEEDED')) throw error
      }
    }
    throw failure
  }

  async #fetchFrom(sources: readonly PackSource[], pack: FetchedPack, shared: SharedFetch): Promise<void> {
    const { packs, pieceBytes = PIECE_BYTES } = this.#parts
    const { name, length } = pack
    const segments = await this.#begin(name)
    while (segments.length < length) {
      const range = { offset: segments.length, length: Math.min(pieceBytes, length - segments.length) }
      const piece = await readPiece(sources, name, range, shared.signal)
      await this.#whole(name, async () => {
        if (piece.length !== range.length) throw damagedPack(name, 'the remote has only a part of it')
        await segments.add(piece)
      })
      shared.tell(segments.length)
    }
    await this.#whole(name, async () => {
      if ((await segments.end()) !== name) throw damagedPack(name, 'its bytes do not match its name')
      await packs.publish([{ name, segments }])
    })
    this.#begun.delete(name)
  }

  async #begin(name: string): Promise<SegmentWriter> {
    const { packs, now } = this.#parts
    const before = this.#begun.get(name)
    if (before !== undefined && now() - before.since > MAX_AGE) await this.#discard(name)
    const begun = this.#begun.get(name) ?? { segments: packs.startWriting(), since: now() }
    this.#begun.delete(name)
    this.#begun.set(name, begun)
    return begun.segments
  }

  /** Keeps what was fetched of a pack, without the memory; the oldest of too many go. */
  async #rest(name: string): Promise<void> {
    const begun = this.#begun.get(name)
    if (begun === undefined) return
    await this.#whole(name, () => begun.segments.rest()).catch(() => undefined)
    const resting = [...this.#begun.keys()].filter(each => each === name || !this.#running.has(each))
    for (const each of resting.slice(0, -MAX_RESTING)) await this.#discard(each).catch(() => undefined)
  }

  /** After a failure in the middle nobody knows what is stored. */
  async #whole(name: string, task: () => Promise<void>): Promise<void> {
    try {
      await task()
    } catch (error) {
      await this.#discard(name).catch(() => undefined)
      throw error
    }
  }

  async #discard(name: string): Promise<void> {
    const begun = this.#begun.get(name)
    this.#begun.delete(name)
    await begun?.segments.discard()
  }
}

/** A piece from the first remote that has it; rejects where one cannot tell and no other has it. */
async function readPiece(
  sources: readonly PackSource[],
  name: string,
  { offset, length }: { readonly offset: number; readonly length: number },
  signal: AbortSignal,
): Promise<Uint8Array> {
  let failure: unknown
  for (const source of sources) {
    throwIfAborted(signal)
    try {
      const piece = await source.getRange(name, offset, length, signal)
      if (piece !== undefined) return piece
    } catch (error) {
      failure ??= error
    }
  }
  throwIfAborted(signal)
  throw failure ?? unavailable(name)
}

function unavailable(name: string): FirekeepError {
  return new FirekeepError(
    'FILE_UNAVAILABLE',
    'the file is not on this device, and on no remote that is attached',
    {
      details: { pack: name },
    },
  )
}
