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
 * added and applies it only as far as it is certain that nothing earlier is missing: numbers that continue
 * without a gap, or a whole pass over the folder that found nothing new. Gaps that stay are frames that were
 * folded away, or torn. A frame with a number already applied is a copy, made by folding: it moves places and
 * changes nothing else. What lay only in a log that is gone was deleted by a frame that is gone too.
 */
export class FolderState {
  readonly #fs: FileSystem
  readonly #folder: string
  #places = OrderedMap.empty<Place>()
  #logs = new Map<string, LogReader>()
  #waiting: PlacedFrame[] = []
  #lastSeq = 0
  #changes = 0
  #existed = false

  constructor(fs: FileSystem, folder: string) {
    this.#fs = fs
    this.#folder = folder
  }

  get places(): OrderedMap<Place> {
    return this.#places
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Grows whenever {@link FolderState.refresh} found something. */
  get changes(): number {
    return this.#changes
  }

  logs(): LogReader[] {
    return [...this.#logs.values()]
  }

  /** Takes in what was written since; answers `false` where the folder was there and is gone. */
  refresh(): boolean {
    for (let pass = 1; pass <= PASSES; pass += 1) {
      const found = this.#readNew()
      if (found === 'gone') return !this.#existed
      if (found === 'again') continue
      const vanished = found.names.filter(name => !found.present.has(name))
      const isWhole = found.count === 0 || (vanished.length === 0 && this.#isContinuous())
      if (!isWhole) continue
      this.#apply()
      for (const name of vanished) this.#drop(name)
      return true
    }
    throw new FirekeepError(
      'STORAGE_FAILED',
      `the logs in ${this.#folder} change faster than they can be read`,
    )
  }

  /** Takes in a frame that the owner of the lock wrote itself. */
  applyOwn(log: LogReader): void {
    this.#waiting.push(...log.readNew())
    this.#logs.set(log.name, log)
    this.#apply()
  }

  /** Forgets a log whose frames were copied by their owner's hand. */
  #drop(name: string): void {
    const log = this.#logs.get(name)
    this.#logs.delete(name)
    const edits: [string, undefined][] = []
    for (const [key, place] of this.#places.entries()) if (place.log === log) edits.push([key, undefined])
    this.#places = this.#places.update(edits)
    this.#changes += 1
    log?.close()
  }

  #readNew(): Found | 'again' | 'gone' {
    const listed = this.#fs.list(this.#folder)
    if (listed === undefined) return 'gone'
    this.#existed = true
    const names = [...this.#logs.keys()]
    let count = 0
    for (const name of listed) {
      if (!name.endsWith('.log')) continue
      const log = this.#logs.get(name) ?? this.#open(name)
      if (log === undefined) return 'again'
      const frames = log.readNew()
      for (const frame of frames) this.#waiting.push(frame)
      count += frames.length
    }
    return { names, present: new Set(listed), count }
  }

  #open(name: string): LogReader | undefined {
    const file = this.#fs.open(`${this.#folder}/${name}`)
    if (file === undefined) return undefined
    const log = new LogReader(name, file, this.#fs.checksum)
    this.#logs.set(name, log)
    return log
  }

  #isContinuous(): boolean {
    let next = this.#lastSeq + 1
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
    const current = (key: string): Place | undefined =>
      edits.has(key) ? edits.get(key) : this.#places.get(key)
    for (const placed of this.#sortWaiting()) {
      const { seq } = placed.frame
      if (seq < this.#lastSeq || (seq === this.#lastSeq && seq !== 0)) moveCopied(placed, edits, current)
      else applyFrame(placed, edits, current)
      this.#lastSeq = Math.max(this.#lastSeq, seq)
    }
    this.#places = this.#places.update(edits)
    this.#waiting = []
    this.#changes += 1
  }
}

interface Found {
  /** Logs known before. */
  readonly names: readonly string[]
  readonly present: ReadonlySet<string>
  /** Frames read. */
  readonly count: number
}

type Edits = Map<string, Place | undefined>
type Current = (key: string) => Place | undefined

function applyFrame({ frame, log, offset }: PlacedFrame, edits: Edits, current: Current): void {
  for (const put of frame.puts) {
    retire(current(put.key))
    edits.set(put.key, { ...placeOf(put), seq: frame.seq, log, offset: offset + put.offset })
  }
  for (const key of frame.deletes) {
    retire(current(key))
    edits.set(key, undefined)
  }
}

/** A copy of a frame that was applied before: what of it is still the latest lies here now. */
function moveCopied({ frame, log, offset }: PlacedFrame, edits: Edits, current: Current): void {
  for (const put of frame.puts) {
    const place = current(put.key)
    if (place?.seq !== frame.seq) continue
    retire(place)
    edits.set(put.key, { ...placeOf(put), seq: frame.seq, log, offset: offset + put.offset })
  }
}

function placeOf({ length, file }: { length: number; file?: string }): { length: number; file?: string } {
  return file === undefined ? { length } : { length, file }
}

/** Counts what a log holds in vain, so that it is known when folding it pays. */
function retire(place: Place | undefined): void {
  if (place !== undefined) place.log.garbage += place.file === undefined ? place.length : 0
}
