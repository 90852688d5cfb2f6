import { FirekeepError } from '../../errors.js'
import { keysUnder } from '../keys-under.js'
import type { StorageEntry } from '../storage.js'
import { storageError } from '../storage-error.js'
import type { FolderState, Place } from './folder-state.js'
import type { LogReader } from './log-reader.js'
import type { ValueFiles } from './value-files.js'

/** Bytes read at once, and bytes read in vain to join two reads. */
const RUN = 1_048_576
const GAP = 32_768

/** Answers reads from the files, each as of the moment it is called: it first takes in what others wrote. */
export class FolderReader {
  readonly #state: FolderState
  readonly #values: ValueFiles

  constructor(state: FolderState, values: ValueFiles) {
    this.#state = state
    this.#values = values
  }

  list(prefix: string): string[] {
    this.#refresh()
    return keysUnder(this.#state.places, prefix)
  }

  /** The value's bytes from `offset` to `end`. */
  async get(key: string, offset = 0, end = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    for (let missing: Place | undefined; ; ) {
      this.#refresh()
      const place = this.#state.places.get(key)
      if (place === undefined) return undefined
      if (place.seq === missing?.seq) throw lostFile(place)
      const bytes = await this.#read(place, offset, end)
      if (bytes !== undefined) return bytes
      // Replaced or deleted while it was looked for, so there is another answer by now.
      missing = place
    }
  }

  async getAll(prefix: string): Promise<StorageEntry[]> {
    for (let missing: Place | undefined; ; ) {
      const keys = this.list(prefix)
      const places = keys.map(key => this.#state.places.get(key) as Place)
      const inline = readInline(places)
      const entries: StorageEntry[] = []
      missing = undefined
      for (const [index, key] of keys.entries()) {
        const place = places[index] as Place
        const bytes = inline.get(place) ?? (await this.#read(place, 0, place.length))
        if (bytes === undefined) {
          missing = place
          if (this.#isStillThere(key, place)) throw lostFile(place)
          break
        }
        entries.push([key, bytes])
      }
      if (missing === undefined) return entries
    }
  }

  #isStillThere(key: string, place: Place): boolean {
    this.#refresh()
    return this.#state.places.get(key)?.seq === place.seq
  }

  async #read(
    { log, file, offset, length }: Place,
    from: number,
    end: number,
  ): Promise<Uint8Array | undefined> {
    if (file !== undefined) return this.#values.read({ file, length }, from, end)
    return readExactly(log, offset + from, Math.max(Math.min(end, length) - from, 0))
  }

  #refresh(): void {
    if (!this.#state.refresh()) throw storageError.removed()
  }
}

/** Reads values in the order they lie in, near ones together: that is several times as fast as one by one. */
function readInline(places: readonly Place[]): Map<Place, Uint8Array> {
  const bytesByPlace = new Map<Place, Uint8Array>()
  for (const ofLog of groupByLog(places)) {
    ofLog.sort((a, b) => a.offset - b.offset)
    for (let first = 0; first < ofLog.length; ) {
      const next = endOfRun(ofLog, first)
      readRun(ofLog.slice(first, next), bytesByPlace)
      first = next
    }
  }
  return bytesByPlace
}

function groupByLog(places: readonly Place[]): Iterable<Place[]> {
  const byLog = new Map<LogReader, Place[]>()
  for (const place of places) {
    if (place.file !== undefined) continue
    const group = byLog.get(place.log)
    if (group) group.push(place)
    else byLog.set(place.log, [place])
  }
  return byLog.values()
}

function endOfRun(places: readonly Place[], first: number): number {
  const start = (places[first] as Place).offset
  let end = start
  for (let index = first; index < places.length; index += 1) {
    const { offset, length } = places[index] as Place
    const isNear = offset - end <= GAP && offset + length - start <= RUN
    if (index > first && !isNear) return index
    end = offset + length
  }
  return places.length
}

function readRun(run: readonly Place[], into: Map<Place, Uint8Array>): void {
  const first = run[0] as Place
  const last = run.at(-1) as Place
  const bytes = readExactly(first.log, first.offset, last.offset + last.length - first.offset)
  for (const place of run) {
    const at = place.offset - first.offset
    into.set(place, bytes.slice(at, at + place.length))
  }
}

function readExactly(log: LogReader, offset: number, length: number): Uint8Array {
  const bytes = log.readBytes(offset, length)
  if (bytes.length === length) return bytes
  throw new FirekeepError(
    'CORRUPT',
    `the log file ${log.name} is shorter than it was; restore the data from a replica`,
    {
      details: { name: log.name },
    },
  )
}

function lostFile({ file }: Place): FirekeepError {
  return new FirekeepError('CORRUPT', `the value file ${file} is gone; restore the data from a replica`, {
    details: { file },
  })
}
