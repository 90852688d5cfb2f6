import { FirekeepError } from '../../errors.js'
import { OrderedMap } from '../../primitives/ordered-map.js'
import type { FileSystem } from './file-system.js'
import { LogReader, type PlacedFrame } from './log-reader.js'

/** Where the latest value of a key lies. */
export interface Place {
  readonly seq: number
  readonly log: LogReader
  /** Of the value in the log; without meaning where it has a file of its own. */
  readonly offset: number
  readonly length: number
  readonly file?: string
}

const PASSES = 1_000

/**
 * What all logs of a folder say together: a place for every key. Values stay on disk.
 *
 * Batches are ordered by their sequence numbers, over all logs. {@link FolderState.refresh} reads what was
 * added and applies it only when it is certain that nothing earlier is missing: the numbers continue without a
 * gap, or a whole pass over the folder found nothing new. Gaps that stay are frames that were folded away. A
 * frame whose number was applied before is a copy, made by folding, and is ignored. Where a log is gone, its
 * frames were folded into another one; everything is read anew, as that happens seldom.
 */
export class FolderState {
  readonly #fs: FileSystem
  readonly #folder: string
  readonly #own = new Set<string>()
  readonly #logs = new Map<string, LogReader>()
  #places = OrderedMap.empty<Place>()
  #waiting: PlacedFrame[] = []
  #applied = 0
  #highest = 0
  #stored = 0
  #marked: ReadonlySet<string> = new Set()
  #changes = 0
  #existed = false

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs
    this.#folder = folder
  }

  get places(): OrderedMap<Place> {
    return this.#places
  }

  /** The highest sequence number ever seen. */
  get lastSeq(): number {
    return this.#highest
  }

  /** Bytes of all values. */
  get stored(): number {
    return this.#stored
  }

  /** The logs that hold bytes which were to be erased, see {@link markOf}. */
  get marked(): ReadonlySet<string> {
    return this.#marked
  }

  /** Grows whenever {@link FolderState.refresh} found what somebody else wrote. */
  get changes(): number {
    return this.#changes
  }

  /** Whether the folder was there once. */
  get existed(): boolean {
    return this.#existed
  }

  logs(): LogReader[] {
    return [...this.#logs.values()]
  }

  isOwn(name: string): boolean {
    return this.#own.has(name)
  }

  /** Counts a log as written by us. */
  adopt(name: string): void {
    this.#own.add(name)
  }

  /** Takes in what was written since; answers `false` where the folder was there and is gone. */
  refresh(): boolean {
    for (let pass = 1; pass <= PASSES; pass += 1) {
      const found = this.#readNew()
      if (found === 'gone') return !this.#existed
      if (found === 'again') continue
      if (found.count > 0 && (found.hasVanished || !this.#isContinuous())) continue
      if (found.hasVanished) {
        this.#forgetAll()
        continue
      }
      this.#apply()
      return true
    }
    throw new FirekeepError(
      'STORAGE_FAILED',
      `the logs in ${this.#folder} change faster than they can be read`,
    )
  }

  /** Takes in the frame that we, who own the folder and had read all of it, wrote to a log of ours. */
  takeOwn({ name, offset }: WrittenFrame, frame: Uint8Array): void {
    const log = this.#logs.get(name) ?? this.#open(name)
    for (const placed of log?.takeFrame(frame, offset) ?? []) this.#waiting.push(placed)
    this.#apply()
  }

  close(): void {
    this.#forgetAll()
  }

  #forgetAll(): void {
    for (const log of this.#logs.values()) log.close()
    this.#logs.clear()
    this.#waiting = []
    this.#places = OrderedMap.empty()
    this.#applied = 0
    this.#stored = 0
    this.#changes += 1
  }

  #readNew(): Found | 'again' | 'gone' {
    const listed = this.#fs.list(this.#folder)
    if (listed === undefined) return 'gone'
    this.#existed = true
    const present = new Set(listed)
    this.#marked = new Set(listed.flatMap(name => markedBy(name) ?? []))
    const hasVanished = [...this.#logs.keys()].some(name => !present.has(name))
    let count = 0
    for (const name of listed) {
      if (!name.endsWith('.log')) continue
      const log = this.#logs.get(name) ?? this.#open(name)
      // Unlinked since it was listed.
      if (log === undefined) return 'again'
      const frames = log.readNew()
      for (const frame of frames) this.#waiting.push(frame)
      count += frames.length
    }
    return { hasVanished, count }
  }

  #open(name: string): LogReader | undefined {
    const file = this.#fs.open(`${this.#folder}/${name}`)
    if (file === undefined) return undefined
    const log = new LogReader(name, file, this.#fs.checksum)
    this.#logs.set(name, log)
    return log
  }

  #isContinuous(): boolean {
    let next = this.#applied + 1
    for (const { frame } of this.#sortWaiting()) {
      if (frame.seq > next) return false
      if (frame.seq === next) next += 1
    }
    return true
  }

  #sortWaiting(): PlacedFrame[] {
    return this.#waiting.sort((a, b) => a.frame.seq - b.frame.seq)
  }

  #apply(): void {
    if (this.#waiting.length === 0) return
    const edits = new Map<string, Place | undefined>()
    for (const placed of this.#sortWaiting()) {
      const { seq } = placed.frame
      if (seq <= this.#applied) {
        for (const put of placed.frame.puts) retire(placed.log, put)
        continue
      }
      this.#applied = seq
      this.#applyFrame(placed, edits)
      if (!this.#own.has(placed.log.name)) this.#changes += 1
    }
    this.#highest = Math.max(this.#highest, this.#applied)
    this.#places = this.#places.update(edits)
    this.#waiting = []
  }

  #applyFrame({ frame, log, offset }: PlacedFrame, edits: Map<string, Place | undefined>): void {
    for (const { key, length, file, offset: inFrame } of frame.puts) {
      this.#retire(key, edits)
      const place = { seq: frame.seq, log, offset: offset + inFrame, length }
      edits.set(key, file === undefined ? place : { ...place, file })
      this.#stored += length
    }
    for (const key of frame.deletes) {
      this.#retire(key, edits)
      edits.set(key, undefined)
    }
  }

  #retire(key: string, edits: Map<string, Place | undefined>): void {
    const place = edits.has(key) ? edits.get(key) : this.#places.get(key)
    if (place === undefined) return
    this.#stored -= place.length
    retire(place.log, place)
  }
}

/** Counts what a log holds in vain, so that it is known when folding it pays, and whether it must be erased. */
function retire(log: LogReader, { length, file }: { readonly length: number; readonly file?: string }): void {
  if (file === undefined) log.garbage += length
}

/** The name of the empty file that asks the owner of a log to rewrite it without what it holds in vain. */
export function markOf(log: string): string {
  return log.replace(/log$/, 'erase')
}

function markedBy(name: string): string | undefined {
  return name.endsWith('.erase') ? name.replace(/erase$/, 'log') : undefined
}

/** Where a frame was written to. */
export interface WrittenFrame {
  readonly name: string
  readonly offset: number
}

interface Found {
  /** Whether a log known before is gone. */
  readonly hasVanished: boolean
  /** Frames read. */
  readonly count: number
}
