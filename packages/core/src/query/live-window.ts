import type { IndexEntry } from '../index/index-entry.js'
import { equalValues } from '../primitives/equal-values.js'
import type { OrderedMap } from '../primitives/ordered-map.js'
import { rangesBehind } from './ranges-behind.js'
import { readEntries } from './read-entries.js'
import type { ReadPlan } from './read-plan.js'

/** What a window needs to know of a row. */
export interface WindowRow {
  readonly key: unknown
  readonly id: string
  readonly value: unknown
  readonly doc?: unknown
}

export interface LiveWindowParts<Row extends WindowRow> {
  readonly plan: ReadPlan
  readonly includeDocs: boolean
  /** Makes the row of an entry; of one entry always the same object. */
  readonly toRow: (entryKey: string, entry: IndexEntry) => Row
}

/** Changed documents, and the index after the change. */
export interface WindowChange {
  readonly ids: ReadonlySet<string>
  readonly entries: OrderedMap<IndexEntry>
  readonly entryKeysOf: (id: string) => readonly string[]
}

/**
 * The rows of a live query, kept up at O(changed rows · log n) (L11), with `limit`, `descending` and `after` too:
 * when a row leaves a full window, the next ones move up from the index.
 *
 * `rows` and `docs` are frozen arrays that are replaced only when a row changed; rows that did not change stay the
 * same objects.
 */
export class LiveWindow<Row extends WindowRow> {
  readonly #plan: ReadPlan
  readonly #includeDocs: boolean
  readonly #toRow: (entryKey: string, entry: IndexEntry) => Row
  readonly #keysById = new Map<string, readonly string[]>()
  /** The entry keys of the rows, in the order of the rows. */
  #keys: string[] = []
  /** The rows to work on. What is shown is a frozen copy, as engines copy arrays fast only while they are not frozen. */
  #current: Row[] = []
  #isEdited = false
  #rows: readonly Row[] = Object.freeze([])
  #docs: readonly Row['doc'][] = Object.freeze([])

  constructor(parts: LiveWindowParts<Row>) {
    this.#plan = parts.plan
    this.#includeDocs = parts.includeDocs
    this.#toRow = parts.toRow
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  /** The documents of the rows, in their order; none where rows have none. */
  get docs(): readonly Row['doc'][] {
    return this.#docs
  }

  /** Reads all rows anew. */
  load(entries: OrderedMap<IndexEntry>): void {
    this.#keys = []
    this.#keysById.clear()
    const rows: Row[] = []
    for (const [key, entry] of readEntries(entries, this.#plan)) {
      const row = this.#toRow(key, entry)
      this.#keys.push(key)
      rows.push(row)
      this.#track(row.id, key)
    }
    if (equalRows(rows, this.#current)) return
    this.#current = rows
    this.#show()
  }

  /** Follows a change of the index. */
  update(change: WindowChange): void {
    if (change.ids.size > FEW && change.ids.size * 4 > this.#keys.length) this.load(change.entries)
    else if (this.#plan.limit > 0) this.#edit(change)
  }

  #edit(change: WindowChange): void {
    const { limit } = this.#plan
    // Of a full window nothing is known behind its last row, so only what stands before it is put in directly.
    const edge = this.#keys.length === limit ? this.#keys.at(-1) : undefined
    for (const id of change.ids) this.#follow(id, edge, change)
    while (this.#keys.length > limit) this.#dropLast()
    if (edge !== undefined && this.#keys.length < limit) this.#refill(edge, change.entries)
    if (this.#isEdited) this.#show()
  }

  #follow(id: string, edge: string | undefined, { entries, entryKeysOf }: WindowChange): void {
    const keys = entryKeysOf(id).filter(
      key => this.#covers(key) && (edge === undefined || !this.#isBefore(edge, key)),
    )
    const kept = new Set(keys)
    for (const key of this.#keysById.get(id) ?? []) if (!kept.has(key)) this.#remove(key)
    for (const key of keys) this.#put(key, this.#toRow(key, entries.get(key) as IndexEntry))
    if (keys.length === 0) this.#keysById.delete(id)
    else this.#keysById.set(id, keys)
  }

  #put(key: string, row: Row): void {
    const at = this.#placeOf(key)
    const isPresent = this.#keys[at] === key
    if (isPresent && isSameRow(this.#current[at] as Row, row)) return
    this.#edited.splice(at, isPresent ? 1 : 0, row)
    if (!isPresent) this.#keys.splice(at, 0, key)
  }

  #remove(key: string): void {
    const at = this.#placeOf(key)
    this.#edited.splice(at, 1)
    this.#keys.splice(at, 1)
  }

  #dropLast(): void {
    const row = this.#edited.pop() as Row
    const key = this.#keys.pop()
    const rest = (this.#keysById.get(row.id) ?? []).filter(other => other !== key)
    if (rest.length === 0) this.#keysById.delete(row.id)
    else this.#keysById.set(row.id, rest)
  }

  #refill(edge: string, entries: OrderedMap<IndexEntry>): void {
    const { ranges, reverse, limit } = this.#plan
    const rest = rangesBehind(ranges, { from: edge, to: `${edge}\0` }, reverse)
    for (const [key, entry] of readEntries(entries, {
      ranges: rest,
      reverse,
      limit: limit - this.#keys.length,
    })) {
      const row = this.#toRow(key, entry)
      this.#keys.push(key)
      this.#edited.push(row)
      this.#track(row.id, key)
    }
  }

  #track(id: string, key: string): void {
    const others = this.#keysById.get(id)
    this.#keysById.set(id, others === undefined ? [key] : [...others, key])
  }

  get #edited(): Row[] {
    this.#isEdited = true
    return this.#current
  }

  #show(): void {
    this.#isEdited = false
    this.#rows = Object.freeze(this.#current.slice())
    if (this.#includeDocs) this.#docs = Object.freeze(this.#current.map(row => row.doc))
  }

  /** The first place whose key is not before `key` in the order of the rows. */
  #placeOf(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBefore(this.#keys[middle] as string, key)) low = middle + 1
      else high = middle
    }
    return low
  }

  #isBefore(a: string, b: string): boolean {
    return this.#plan.reverse ? a > b : a < b
  }

  /** Whether the plan reads this entry key: the last range that starts at or before it must reach beyond it. */
  #covers(key: string): boolean {
    const { ranges } = this.#plan
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ranges[middle]?.from as string) <= key) low = middle + 1
      else high = middle
    }
    const range = ranges[low - 1]
    return range !== undefined && key < range.to
  }
}

/** Up to so many changed documents are followed one by one whatever the size of the window. */
const FEW = 32

function equalRows(a: readonly WindowRow[], b: readonly WindowRow[]): boolean {
  return a.length === b.length && a.every((row, i) => isSameRow(row, b[i] as WindowRow))
}

/** Rows with a document are made anew only for a new version; without, a new version may give an equal row. */
function isSameRow(a: WindowRow, b: WindowRow): boolean {
  if (a === b) return true
  if (a.doc !== undefined || b.doc !== undefined) return false
  return a.id === b.id && equalValues(a.key, b.key) && equalValues(a.value, b.value)
}
