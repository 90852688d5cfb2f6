import { type CidKey, cidToKey } from '../codec/cid.js'
import type { Commit } from '../commits/commit.js'
import { FirekeepError } from '../errors.js'
import type { LogPosition } from '../protocol/remote.js'
import type { View } from '../state/view.js'
import type { OpenedEntry } from './log-opener.js'

/** A redacted entry with commits that are new here and lack contents. */
interface HeldEntry {
  readonly opened: OpenedEntry
  readonly before: LogPosition
  readonly lacks: readonly Lack[]
}

/** What is missing: the content that a commit gave a document. */
interface Lack {
  readonly id: string
  readonly commit: CidKey
}

/** What became of held entries at the end of the log. */
export interface Settled {
  /** Their contents were purged. */
  readonly accepted: readonly OpenedEntry[]
  readonly refused: readonly FirekeepError[]
}

/**
 * Whether contents that are missing in redacted entries were purged: what is taken out of a log has to be erased by
 * somebody who may write. The purge that superseded a version stands behind it in the log, so such entries are held
 * until the log was read to its end; what builds on them is pending for as long.
 */
export class RedactionCheck {
  #held: HeldEntry[] = []
  #refusedFrom: LogPosition | undefined
  /** The parents of the commits that arrived since something is held, and the purges among them by document. */
  readonly #parentsByKey = new Map<CidKey, readonly CidKey[]>()
  readonly #purgesById = new Map<string, CidKey[]>()
  /** What they supersede: contents of such versions may have been pruned before they were sent. */
  readonly #superseded = new Set<string>()

  /** Where to read on after a restart: before what is held, and before what was refused, which may be put right. */
  get heldFrom(): LogPosition | undefined {
    return this.#refusedFrom ?? this.#held[0]?.before
  }

  /** What of a step of the log may be taken in at once. */
  async take(
    opened: readonly OpenedEntry[],
    positions: readonly LogPosition[],
    view: View,
  ): Promise<readonly OpenedEntry[]> {
    const accepted: OpenedEntry[] = []
    for (const [i, each] of opened.entries()) {
      const lacks = each.entry.isRedacted ? await lacksOf(each, view) : []
      if (lacks.length > 0) this.#held.push({ opened: each, before: positions[i] as LogPosition, lacks })
      else accepted.push(each)
      if (this.#held.length > 0) for (const { commit } of each.batch.commits) this.#note(commit)
    }
    return accepted
  }

  /** At the end of the log. */
  settle(): Settled {
    const held = this.#held
    this.#held = []
    const accepted: OpenedEntry[] = []
    const refused: FirekeepError[] = []
    for (const { opened, before, lacks } of held) {
      if (lacks.every(lack => this.#isSuperseded(lack) || this.#isPurged(lack))) accepted.push(opened)
      else {
        refused.push(takenOut(opened.entry.seq))
        this.#refusedFrom ??= before
      }
    }
    this.#parentsByKey.clear()
    this.#purgesById.clear()
    this.#superseded.clear()
    return { accepted, refused }
  }

  #note({ key, parents, ops }: Commit): void {
    this.#parentsByKey.set(key, parents.map(cidToKey))
    for (const { id, prev, purge } of ops) {
      for (const cid of prev) this.#superseded.add(versionKey(id, cidToKey(cid)))
      if (purge) this.#purgesById.set(id, [...(this.#purgesById.get(id) ?? []), key])
    }
  }

  #isSuperseded({ id, commit }: Lack): boolean {
    return this.#superseded.has(versionKey(id, commit))
  }

  /** Whether a purge of the document has the commit as ancestor. */
  #isPurged({ id, commit }: Lack): boolean {
    const seen = new Set<CidKey>()
    const queue = [...(this.#purgesById.get(id) ?? [])]
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      for (const parent of this.#parentsByKey.get(key) ?? []) {
        if (parent === commit) return true
        if (seen.has(parent)) continue
        seen.add(parent)
        queue.push(parent)
      }
    }
    return false
  }
}

function versionKey(id: string, commit: CidKey): string {
  return `${commit} ${id}`
}

async function lacksOf({ batch }: OpenedEntry, view: View): Promise<Lack[]> {
  const lacks: Lack[] = []
  for (const { commit, documents } of batch.commits) {
    const missing = commit.ops.filter(({ id, body }) => body !== null && !documents.has(id))
    if (missing.length === 0 || (await view.nodeOf(commit)) !== undefined) continue
    for (const { id } of missing) lacks.push({ id, commit: commit.key })
  }
  return lacks
}

function takenOut(seq: number): FirekeepError {
  return new FirekeepError('CORRUPT', `entry ${seq} of the log lacks contents that nobody purged`, {
    details: { seq },
  })
}
