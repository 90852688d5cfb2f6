import { textToOrderedKey } from '../primitives/bytes.js'
import type { KeyWalk, OrderedMap } from '../primitives/ordered-map.js'
import type { DocumentEntry } from './leaf.js'

/**
 * The entries of a snapshot with those after it: a newer entry takes the place of the stored one. Pages are read
 * as they are consumed.
 */
export async function* mergePages(
  stored: AsyncIterable<readonly DocumentEntry[]>,
  recent: OrderedMap<DocumentEntry>,
  walk: KeyWalk,
): AsyncGenerator<readonly DocumentEntry[], void> {
  let { from, to } = walk
  for await (const page of stored) {
    const edge = textToOrderedKey((page.at(-1) as DocumentEntry).id)
    const part = walk.reverse ? { from: edge, to } : { from, to: `${edge}\0` }
    yield mergeEntries(page, recent.entries({ ...part, reverse: walk.reverse }), walk.reverse === true)
    if (walk.reverse) to = edge
    else from = `${edge}\0`
  }
  const rest = [...recent.values({ from, to, reverse: walk.reverse })]
  if (rest.length > 0) yield rest
}

function mergeEntries(
  page: readonly DocumentEntry[],
  recent: Iterable<readonly [key: string, entry: DocumentEntry]>,
  isReverse: boolean,
): readonly DocumentEntry[] {
  const newer = [...recent]
  if (newer.length === 0) return page
  const merged: DocumentEntry[] = []
  let at = 0
  for (const entry of page) {
    const key = textToOrderedKey(entry.id)
    for (let next = newer[at]; next !== undefined; next = newer[++at]) {
      if (isReverse ? next[0] < key : next[0] > key) break
      merged.push(next[1])
    }
    if (newer[at - 1]?.[0] !== key) merged.push(entry)
  }
  for (; at < newer.length; at += 1) merged.push((newer[at] as (typeof newer)[number])[1])
  return merged
}
