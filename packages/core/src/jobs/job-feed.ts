import type { AnyDocument } from '../database/document-types.js'
import type { ClaimWatch } from './claim-watch.js'
import type { JobDatabase } from './decide.js'
import { type JobSpec, phaseOf } from './job-spec.js'
import { type JobVersion, judgeVersions } from './judge-versions.js'

export interface JobFeedParts {
  readonly db: JobDatabase
  readonly spec: JobSpec
  readonly watch: ClaimWatch
  readonly lease: number
  /** Whether the worker has this one already. */
  readonly isBusy: (id: string) => boolean
  /** Whether the worker ended this one, or lost it: a claim that came apart from its result is to be taken away. */
  readonly isKnown: (id: string) => boolean
  /** Something waits that did not. */
  readonly onWaiting: () => void
}

/** So many documents are read at once. */
const PAGE = 500

/** The ids of jobs that wait to be taken: those that are stored, then those that come. */
export class JobFeed {
  readonly #parts: JobFeedParts
  readonly #waiting = new Set<string>()
  /** Changed while the worker had them. */
  readonly #changed = new Map<string, AnyDocument>()
  #unsubscribe: (() => void) | undefined
  #isClosed = false

  constructor(parts: JobFeedParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Hears of changes from now on. */
  open(): void {
    this.#unsubscribe = this.#parts.db.subscribe(changes => {
      for (const doc of changes) this.note(doc)
    })
  }

  /** Nothing waits from now on: a scan that goes on finds nothing. */
  close(): void {
    this.#isClosed = true
    this.#unsubscribe?.()
    this.#waiting.clear()
    this.#changed.clear()
  }

  /** Looks at everything that is stored. */
  async scan(): Promise<void> {
    const { from, running, select } = this.#parts.spec
    await this.#scanConflicts()
    if (select !== undefined) return this.#scanAll()
    await this.#scanState(from)
    await this.#scanState(running)
  }

  note(doc: AnyDocument): void {
    const { spec, watch, lease, isBusy, isKnown, onWaiting } = this.#parts
    if (this.#isClosed) return
    const id = doc._id as string
    if (isBusy(id)) {
      this.#changed.set(id, doc)
      return
    }
    const phase = phaseOf(doc, spec)
    if (phase === 'open' || isKnown(id)) {
      this.add(id)
      onWaiting()
    } else this.#waiting.delete(id)
    const found = judgeVersions([{ doc, clock: [] }], spec)
    if (found.kind !== 'held') watch.forget(id)
    else watch.isExpired(id, found.token, found.lease ?? lease)
  }

  add(id: string): void {
    if (!this.#isClosed) this.#waiting.add(id)
  }

  /** The one at a place among those that wait, which is taken out. */
  take(place: number): string | undefined {
    let at = 0
    for (const id of this.#waiting) {
      if (at++ < place) continue
      this.#waiting.delete(id)
      return id
    }
    return undefined
  }

  /** The worker has it no more: what happened to it meanwhile counts now, or how it is. */
  freed(id: string, now?: AnyDocument): void {
    const doc = now ?? this.#changed.get(id)
    this.#changed.delete(id)
    if (doc !== undefined) this.note(doc)
  }

  /** Results that were stored apart from each other, or from a claim. */
  async #scanConflicts(): Promise<void> {
    const { db, spec } = this.#parts
    for await (const { id, versions } of db.conflicts()) {
      if (this.#isClosed) return
      if (judgeVersions(versions as readonly JobVersion[], spec).kind === 'ended') this.add(id)
    }
  }

  async #scanState(state: unknown): Promise<void> {
    const { db, spec } = this.#parts
    for (let after: { key: unknown; id: string } | undefined; ; ) {
      const page = await db.query(spec.field, { key: state as string, limit: PAGE, ...(after && { after }) })
      for (const row of page.rows) this.note(row.doc)
      after = page.rows.at(-1)
      if (this.#isClosed || page.rows.length < PAGE) return
    }
  }

  async #scanAll(): Promise<void> {
    const { db } = this.#parts
    for (let after: { key: unknown; id: string } | undefined; ; ) {
      const page = await db.allDocs({ limit: PAGE, ...(after && { after }) })
      for (const row of page.rows) this.note(row.doc)
      after = page.rows.at(-1)
      if (this.#isClosed || page.rows.length < PAGE) return
    }
  }
}
