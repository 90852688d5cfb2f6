import { parseCid } from '../codec/cid.js'
import { LruMap } from '../primitives/lru-map.js'
import type { Snapshot } from '../state/snapshot.js'
import { resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import { ViewAt } from '../state/view-at.js'

/** So many moments are kept: who drags a slider goes back and forth among a few. */
const KEPT = 8

/**
 * The states of earlier moments that were read last: reading at one of them again costs no walk through the history,
 * and after new commits one through these.
 *
 * They are kept as long as the snapshot is the same. With another one contents may be gone that are still in memory
 * here, and packs that are not: then they are made anew.
 */
export class PastViews {
  #kept = new LruMap<string, Promise<ViewAt>>(KEPT)
  #snapshot: Snapshot | undefined

  /** The state at a clock, whose ids may come in any order. `UNKNOWN_CLOCK`, and `INVALID_OPTION` for what is none. */
  async at(view: View, clock: readonly string[]): Promise<ViewAt> {
    const key = [...new Set(clock)].sort().join()
    if (view.snapshot !== this.#snapshot) {
      this.#kept = new LruMap(KEPT)
      this.#snapshot = view.snapshot
    }
    const kept = this.#kept
    const known = kept.get(key)
    const found = known === undefined ? make(view, clock) : known.then(past => bringForward(past, view))
    kept.set(key, found)
    try {
      return await found
    } catch (error) {
      if (kept.get(key) === found) kept.delete(key)
      throw error
    }
  }
}

async function make(view: View, clock: readonly string[]): Promise<ViewAt> {
  return ViewAt.of(view, await resolveClock(view, clock, parseCid))
}

/** Over one snapshot, of two views the one with more commits goes on from the other; what is kept may be ahead. */
function bringForward(past: ViewAt, view: View): ViewAt | Promise<ViewAt> {
  return past.view.commits.size >= view.commits.size ? past : past.over(view)
}
