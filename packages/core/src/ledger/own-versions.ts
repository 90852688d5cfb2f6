import type { CID } from '../codec/cid.js'
import type { CommitRef } from '../commits/ancestry.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { View } from '../state/view.js'

/** A version of a document that a write supersedes. */
export interface BaseVersion extends CommitRef {
  readonly cid: CID
  readonly isDeleted: boolean
}

/**
 * The newest versions that this engine made, as long as a call may wait that was issued before they could be
 * seen: a put that is not awaited supersedes the put before it, whatever became of the calls in between (L2).
 *
 * Calls are taken in rounds, and those of one round were issued while the round before was under way or later.
 * So what is older than two rounds was in the view that its caller saw.
 */
export class OwnVersions {
  #older: ReadonlyMap<string, BaseVersion> = new Map()
  #newer = new Map<string, BaseVersion>()

  /** Remembers versions by document id, also those whose outcome is not known yet. */
  note(versions: Iterable<readonly [id: string, version: BaseVersion]>): void {
    for (const [id, version] of versions) this.#newer.set(id, version)
  }

  /** The newest version of a document that was made here and became part of the history. */
  find(id: string, view: View): MaybePromise<BaseVersion | undefined> {
    const [newer, older] = [this.#newer.get(id), this.#older.get(id)]
    return whenReady(inHistory(newer, view), found => found ?? inHistory(older, view))
  }

  beginRound(): void {
    this.#older = this.#newer
    this.#newer = new Map()
  }

  /** For when no call waits: whoever writes next sees everything. */
  clear(): void {
    this.#older = new Map()
    this.#newer = new Map()
  }
}

function inHistory(version: BaseVersion | undefined, view: View): MaybePromise<BaseVersion | undefined> {
  if (version === undefined) return undefined
  return whenReady(view.nodeOf(version), node => node && version)
}
