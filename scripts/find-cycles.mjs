/**
 * The cycles of a graph: for each group of nodes that reach each other one shortest way around, starting at its
 * first node in the order given. Without cycles the answer is empty.
 *
 * @param {ReadonlyMap<string, readonly string[]>} edges targets by node
 * @returns {string[][]} each cycle without its start repeated at the end
 */
export function findCycles(edges) {
  /** @type {string[][]} */
  const cycles = []
  const known = new Set()
  for (const node of edges.keys()) {
    if (known.has(node)) continue
    const cycle = shortestCycle(node, edges)
    if (cycle === undefined) continue
    cycles.push(cycle)
    for (const member of membersAround(node, edges)) known.add(member)
  }
  return cycles
}

/**
 * Breadth first, so that the message names as few files as possible.
 *
 * @param {string} start
 * @param {ReadonlyMap<string, readonly string[]>} edges
 */
function shortestCycle(start, edges) {
  /** @type {string[][]} */
  const ways = [[start]]
  const seen = new Set()
  for (const way of ways) {
    for (const target of edges.get(String(way.at(-1))) ?? []) {
      if (target === start) return way
      if (seen.has(target)) continue
      seen.add(target)
      ways.push([...way, target])
    }
  }
  return undefined
}

/**
 * All nodes that `start` reaches and that reach it.
 *
 * @param {string} start
 * @param {ReadonlyMap<string, readonly string[]>} edges
 */
function membersAround(start, edges) {
  const reached = reach(start, edges)
  return [...reached].filter(node => reach(node, edges).has(start))
}

/**
 * @param {string} start
 * @param {ReadonlyMap<string, readonly string[]>} edges
 */
function reach(start, edges) {
  /** @type {Set<string>} */
  const reached = new Set()
  const waiting = [start]
  for (const node of waiting) {
    for (const target of edges.get(node) ?? []) {
      if (reached.has(target)) continue
      reached.add(target)
      waiting.push(target)
    }
  }
  return reached
}
