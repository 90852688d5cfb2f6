import { FirekeepError } from '../../errors.js'
import { listConflicts, readConflict } from '../../history/conflict-list.js'
import type { ConflictRecord } from '../../history/conflict-record.js'
import { textToOrderedKey } from '../../primitives/bytes.js'
import { type MapEdit, OrderedMap } from '../../primitives/ordered-map.js'
import { HistoryReader } from '../../state/history-reader.js'
import type { DocumentEntry } from '../../state/leaf.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { View } from '../../state/view.js'
import type { Engine } from '../engine.js'
import { toConflict } from './conflict.js'
import type { Conflict } from './conflict-types.js'
import { conflictIdsOf } from './read-conflicts.js'

type Shown = Conflict<PlainDocument>

/** What is followed between a start and a stop. */
interface Run {
  readonly stop: () => void
  isBusy: boolean
  /** What is to be read again: everything, or these documents. */
  all: boolean
  ids: Set<string>
}

/**
 * Keeps the unresolved conflicts of a database: reads them once, and then the documents that were written to and have
 * or had several leaves (L11). It hears of every commit, as one that only adds a losing leaf changes
 * no document that is shown (L5).
 */
export class LiveConflictList {
  readonly #engine: Engine
  readonly #changed: () => void
  #conflicts = OrderedMap.empty<Shown>()
  #snapshot: readonly Shown[] | undefined
  #error: FirekeepError | undefined
  #run: Run | undefined

  /** `changed` is called when the snapshot or the error is another one. */
  constructor(engine: Engine, changed: () => void) {
    this.#engine = engine
    this.#changed = changed
  }

  get snapshot(): readonly Shown[] | undefined {
    return this.#snapshot
  }

  get error(): FirekeepError | undefined {
    return this.#error
  }

  start(): void {
    if (this.#run !== undefined) return
    const stop = this.#engine.onCommits(({ touched }) => this.#note(run, touched))
    const run: Run = { stop, isBusy: false, all: true, ids: new Set() }
    this.#run = run
    void this.#work(run)
  }

  stop(): void {
    this.#run?.stop()
    this.#run = undefined
  }

  /** One that is being read may change meanwhile, and is not known yet to be a conflict. */
  #note(run: Run, touched: readonly DocumentEntry[] | undefined): void {
    if (touched === undefined) run.all = true
    for (const { id, leaves } of touched ?? []) {
      if (leaves.length > 1 || run.isBusy || this.#conflicts.has(textToOrderedKey(id))) run.ids.add(id)
    }
    void this.#work(run)
  }

  async #work(run: Run): Promise<void> {
    if (run.isBusy) return
    run.isBusy = true
    while (run === this.#run && (run.all || run.ids.size > 0)) {
      const { all, ids } = run
      run.all = false
      run.ids = new Set()
      try {
        const next = await this.#engine.read(view => (all ? this.#readAll(view) : this.#readSome(view, ids)))
        if (run === this.#run) this.#show(next)
      } catch (error) {
        // Whatever changes next is the occasion to try again.
        run.all = true
        this.#fail(run, error)
        break
      }
    }
    run.isBusy = false
  }

  async #readAll(view: View): Promise<OrderedMap<Shown>> {
    const entries: [string, Shown][] = []
    for await (const record of listConflicts(view, conflictIdsOf(this.#engine))) {
      entries.push([textToOrderedKey(record.id), this.#shownOf(record)])
    }
    const isSame =
      entries.length === this.#conflicts.size &&
      entries.every(([key, conflict]) => this.#conflicts.get(key) === conflict)
    return isSame ? this.#conflicts : OrderedMap.from(entries)
  }

  async #readSome(view: View, ids: ReadonlySet<string>): Promise<OrderedMap<Shown>> {
    const edits: MapEdit<Shown>[] = []
    const reader = new HistoryReader(view)
    for (const id of ids) {
      const record = await readConflict(reader, id)
      edits.push([textToOrderedKey(id), record && this.#shownOf(record)])
    }
    return this.#conflicts.update(edits)
  }

  /** The same object as long as it is the same conflict. */
  #shownOf(record: ConflictRecord): Shown {
    const known = this.#conflicts.get(textToOrderedKey(record.id))
    if (known !== undefined && isSameConflict(known, record)) return known
    return toConflict(record, this.#engine.files.shared)
  }

  #show(conflicts: OrderedMap<Shown>): void {
    const isNews = conflicts !== this.#conflicts || this.#snapshot === undefined
    if (!isNews && this.#error === undefined) return
    if (isNews) this.#snapshot = Object.freeze([...conflicts.values()])
    this.#conflicts = conflicts
    this.#error = undefined
    this.#changed()
  }

  #fail(run: Run, cause: unknown): void {
    if (run !== this.#run) return
    this.#error =
      cause instanceof FirekeepError
        ? cause
        : new FirekeepError('INTERNAL', 'conflicts could not be read', { cause })
    this.#changed()
  }
}

/** A version never changes, so its clock stands for it. */
function isSameConflict(a: Shown, b: ConflictRecord): boolean {
  return (
    a.versions.length === b.versions.length &&
    a.versions.every(({ clock }, i) => clock[0] === b.versions[i]?.clock[0]) &&
    a.base?.clock[0] === b.base?.clock[0]
  )
}
