import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { compareNodes } from '../commits/ancestry.js'
import type { Operation } from '../commits/commit.js'
import type { PlacedCommit } from '../state/snapshot.js'
import type { View } from '../state/view.js'

/** A version of a document, and what its commit names as superseded by it, as far as that can count. */
export interface WalkedVersion extends PlacedCommit {
  readonly op: Operation
  /** Versions of the document below this one; each counts if it is an ancestor (L2). */
  readonly named: readonly PlacedCommit[]
}

/**
 * The versions of a document from the newest down, by height and CID, none before it is asked for. Every version is a leaf
 * or named by one above it, so what is next is always known; whatever a commit names that is no version of the
 * document, or stands above it, is passed over.
 */
export class VersionWalk {
  readonly #view: View
  readonly #id: string
  readonly #seen = new Set<CidKey>()
  /** Found and not handed out, in ascending order. */
  readonly #open: PlacedCommit[] = []

  private constructor(view: View, id: string) {
    this.#view = view
    this.#id = id
  }

  static async from(view: View, id: string): Promise<VersionWalk> {
    const walk = new VersionWalk(view, id)
    const entry = await view.entry(id)
    const leaves = await walk.#find((entry?.leaves ?? []).map(leaf => leaf.commit))
    for (const leaf of leaves) walk.#add(leaf)
    return walk
  }

  /** `undefined` behind the last one. */
  async next(): Promise<WalkedVersion | undefined> {
    const placed = this.#open.pop()
    if (placed === undefined) return undefined
    const op = this.#operationOf(placed) as Operation
    const found = await this.#find(op.prev)
    const named = found.filter(({ node }) => node.height < placed.node.height)
    for (const version of named) this.#add(version)
    return { ...placed, op, named }
  }

  async #find(cids: readonly CID[]): Promise<PlacedCommit[]> {
    const found = await Promise.all(cids.map(cid => this.#view.findCommit(cid)))
    return found
      .filter(placed => placed !== undefined)
      .filter(placed => this.#operationOf(placed) !== undefined)
  }

  #operationOf({ commit }: PlacedCommit): Operation | undefined {
    return commit.ops.find(({ id }) => id === this.#id)
  }

  #add({ node, commit }: PlacedCommit): void {
    const key = cidToKey(node.cid)
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    let low = 0
    for (let high = this.#open.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (compareNodes((this.#open[middle] as PlacedCommit).node, node) < 0) low = middle + 1
      else high = middle
    }
    this.#open.splice(low, 0, { node, commit })
  }
}
