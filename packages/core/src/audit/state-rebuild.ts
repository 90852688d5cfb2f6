import type { Block } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { assert } from '../errors.js'
import type { BlockReader } from '../packs/block-reader.js'
import { applyCommits } from '../state/apply-commits.js'
import type { State } from '../state/merge-states.js'
import { Snapshot } from '../state/snapshot.js'
import { type LoadedCommit, View } from '../state/view.js'

/** What folding a view into trees gives. */
export interface Folded {
  readonly state: State
  readonly nodes: readonly Block[]
  readonly removed: readonly CID[]
}

/** Folds the commits of a view into the trees of its snapshot, whose nodes it reads there. */
export type FoldView = (view: View, blocks: BlockReader) => Promise<Folded>

/** Commits are folded when there are so many, or so many bytes of them, so that memory holds trees and not contents. */
const FOLD_COMMITS = 1000
const FOLD_BYTES = 4 * 1024 * 1024

/** The state that commits give, made from nothing. They come parents first. */
export class StateRebuild {
  readonly blocks: BlockReader
  readonly #fold: FoldView
  readonly #nodes = new Map<CidKey, Uint8Array>()
  #view = View.empty

  /** `blocks`: commits and contents that were added. */
  constructor(fold: FoldView, blocks: BlockReader) {
    this.#fold = fold
    this.blocks = { get: cid => this.#nodes.get(cidToKey(cid)) ?? blocks.get(cid) }
  }

  get view(): View {
    return this.#view
  }

  async add(commits: readonly LoadedCommit[]): Promise<void> {
    const { view, invalid } = await applyCommits(this.#view, commits)
    assert(invalid.length === 0 && view.pending.size === 0, 'what is rebuilt was checked')
    this.#view = view
    if (view.commits.size >= FOLD_COMMITS || view.recentBytes >= FOLD_BYTES) await this.fold()
  }

  /** The trees of all that was added. */
  async fold(): Promise<Snapshot | undefined> {
    const { commits, snapshot } = this.#view
    if (commits.size === 0) return snapshot
    const { state, nodes, removed } = await this.#fold(this.#view, this.blocks)
    for (const { cid, bytes } of nodes) this.#nodes.set(cidToKey(cid), bytes)
    for (const cid of removed) this.#nodes.delete(cidToKey(cid))
    const folded = new Snapshot(state, this.blocks)
    this.#view = View.of(folded)
    return folded
  }
}
