import type { CID } from '../codec/cid.js'
import type { IndexRow } from '../index/index-entry.js'
import type { IndexSnapshot } from '../index/index-snapshot.js'
import { isSameVersion } from '../index/is-same-version.js'
import { equalValues } from '../primitives/equal-values.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import { rangesBehind } from './ranges-behind.js'
import type { ReadPlan } from './read-plan.js'
import { readRows } from './read-rows.js'

/** What a window needs to know of a row. */
export interface WindowRow {
  readonly id: string
  readonly value: unknown
  readonly doc?: unknown
}

export interface LiveWindowParts<Row extends WindowRow> {
  readonly plan: ReadPlan
  readonly includeDocs: boolean
  readonly toRow: (row: IndexRow) => Row
}

/** Changed documents, and the index after the change, which has them in memory. */
export interface WindowChange {
  readonly ids: ReadonlySet<string>
  readonly snapshot: IndexSnapshot
}

/** A row of the window, where it stands, and the version of its document: both tell whether it is still the same. */
interface Slot<Row> {
  readonly key: string
  readonly version: CID
  readonly row: Row
}

/**
 * The rows of a live query, kept up at O(changed rows · log n) (L11), with `limit`, `descending` and `after` too:
 * when a row leaves a full window, the next ones move up from the index.
 *
 * `rows` and `docs` are frozen arrays that are replaced only when a row changed; rows that did not change stay the
 * same objects, also where the index was read anew. A call that has to read pages resolves later; a call that comes
 * before takes its place. After a call that failed only `load` makes the window whole again.
 */
export class LiveWindow<Row extends WindowRow> {
  readonly #parts: LiveWindowParts<Row>
  readonly #keysById = new Map<string, readonly string[]>()
  /** In the order of the rows. What is shown is a frozen copy. */
  #slots: Slot<Row>[] = []
  #isEdited = false
  /** Counts the calls, so that one that reads pages notices a later one. */
  #calls = 0
  #rows: readonly Row[] = Object.freeze([])
  #docs: readonly Row['doc'][] = Object.freeze([])

  constructor(parts: LiveWindowParts<Row>) {
    this.#parts = parts
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  /** The documents of the rows, in their order; none where rows have none. */
  get docs(): readonly Row['doc'][] {
    return this.#docs
  }

  /** Reads all rows anew. */
  load(snapshot: IndexSnapshot): MaybePromise<void> {
    this.#calls += 1
    const call = this.#calls
    const { plan, includeDocs } = this.#parts
    return whenReady(readRows(snapshot, plan, includeDocs), rows => {
      if (call === this.#calls) this.#replace(rows)
    })
  }

  /** Follows a change of the index. */
  update(change: WindowChange): MaybePromise<void> {
    const { size } = change.ids
    if (size > FEW && size * 4 > this.#slots.length) return this.load(change.snapshot)
    this.#calls += 1
    if (this.#parts.plan.limit > 0) return this.#edit(change)
  }

  #replace(rows: readonly IndexRow[]): void {
    const slotByKey = new Map(this.#slots.map(slot => [slot.key, slot]))
    const slots = rows.map(row => this.#toSlot(row, slotByKey.get(row[0])))
    this.#slots = slots
    this.#keysById.clear()
    for (const slot of slots) this.#track(slot)
    const isShown = slots.length === this.#rows.length && slots.every(({ row }, i) => row === this.#rows[i])
    this.#isEdited = false
    if (!isShown) this.#show()
  }

  #edit({ ids, snapshot }: WindowChange): MaybePromise<void> {
    const { limit } = this.#parts.plan
    // Of a full window nothing is known behind its last row, so only what stands before it is put in directly.
    const edge = this.#slots.length === limit ? this.#slots.at(-1)?.key : undefined
    for (const id of ids) this.#follow(id, edge, snapshot)
    while (this.#slots.length > limit) this.#dropLast()
    const needsMore = edge !== undefined && this.#slots.length < limit
    return whenReady(needsMore ? this.#refill(edge, snapshot) : undefined, () => {
      if (this.#isEdited) this.#show()
    })
  }

  #follow(id: string, edge: string | undefined, snapshot: IndexSnapshot): void {
    const keys = snapshot
      .entryKeysOf(id)
      .filter(key => this.#covers(key) && (edge === undefined || !this.#isBefore(edge, key)))
    const kept = new Set(keys)
    for (const key of this.#keysById.get(id) ?? []) if (!kept.has(key)) this.#remove(key)
    for (const key of keys) this.#put(snapshot.mustGetRow(key))
    if (keys.length === 0) this.#keysById.delete(id)
    else this.#keysById.set(id, keys)
  }

  #put(row: IndexRow): void {
    const at = this.#placeOf(row[0])
    const found = this.#slots[at]
    const before = found?.key === row[0] ? found : undefined
    const slot = this.#toSlot(row, before)
    this.#slots.splice(at, before === undefined ? 0 : 1, slot)
    if (slot.row !== before?.row) this.#isEdited = true
  }

  #remove(key: string): void {
    this.#slots.splice(this.#placeOf(key), 1)
    this.#isEdited = true
  }

  #dropLast(): void {
    const slot = this.#slots.pop() as Slot<Row>
    const { id } = slot.row
    const rest = (this.#keysById.get(id) ?? []).filter(other => other !== slot.key)
    if (rest.length === 0) this.#keysById.delete(id)
    else this.#keysById.set(id, rest)
    this.#isEdited = true
  }

  #refill(edge: string, snapshot: IndexSnapshot): MaybePromise<void> {
    const { plan, includeDocs } = this.#parts
    const ranges = rangesBehind(plan.ranges, { from: edge, to: `${edge}\0` }, plan.reverse)
    const limit = plan.limit - this.#slots.length
    const call = this.#calls
    return whenReady(readRows(snapshot, { ranges, reverse: plan.reverse, limit }, includeDocs), rows => {
      if (call !== this.#calls) return
      for (const row of rows) {
        const slot = this.#toSlot(row, undefined)
        this.#slots.push(slot)
        this.#track(slot)
        this.#isEdited = true
      }
    })
  }

  /** The slot of a row; the one before, or its row, where the row did not change. */
  #toSlot(indexRow: IndexRow, before: Slot<Row> | undefined): Slot<Row> {
    const [key, { version }] = indexRow
    if (before !== undefined && isSameVersion(before.version, version)) return before
    const row = this.#parts.toRow(indexRow)
    // Without documents, a new version may give an equal row: key and id are in the place.
    const isEqual =
      before !== undefined && !this.#parts.includeDocs && equalValues(before.row.value, row.value)
    return { key, version, row: isEqual ? before.row : row }
  }

  #track({ key, row: { id } }: Slot<Row>): void {
    const others = this.#keysById.get(id)
    this.#keysById.set(id, others === undefined ? [key] : [...others, key])
  }

  #show(): void {
    this.#isEdited = false
    const rows = this.#slots.map(slot => slot.row)
    this.#rows = Object.freeze(rows)
    if (this.#parts.includeDocs) this.#docs = Object.freeze(rows.map(row => row.doc))
  }

  /** The first place whose key is not before `key` in the order of the rows. */
  #placeOf(key: string): number {
    let low = 0
    let high = this.#slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBefore(this.#slots[middle]?.key as string, key)) low = middle + 1
      else high = middle
    }
    return low
  }

  #isBefore(a: string, b: string): boolean {
    return this.#parts.plan.reverse ? a > b : a < b
  }

  /** Whether the plan reads this entry key: the last range that starts at or before it must reach beyond it. */
  #covers(key: string): boolean {
    const { ranges } = this.#parts.plan
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
