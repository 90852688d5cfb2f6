import type { TreeNode } from './tree-node.js'

/** The keys from `from` to before `to` of a list, all of which belong to child `index`. */
export interface KeyRun {
  readonly index: number
  readonly from: number
  readonly to: number
}

/** Divides ascending keys among the children of a node. Keys below the node's first go to its first child. */
export function splitKeys(node: TreeNode, keys: readonly Uint8Array[], from: number, to: number): KeyRun[] {
  const runs: KeyRun[] = []
  let at = from
  while (at < to) {
    const index = Math.max(0, node.lastAtOrBelow(keys[at] as Uint8Array))
    const isLast = index + 1 === node.count
    let end = isLast ? to : at + 1
    while (end < to && node.compareKeyAt(index + 1, keys[end] as Uint8Array) > 0) end++
    runs.push({ index, from: at, to: end })
    at = end
  }
  return runs
}
