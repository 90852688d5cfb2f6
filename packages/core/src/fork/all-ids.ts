import { textToOrderedKey } from '../primitives/bytes.js'
import type { DocumentEntry } from '../state/leaf.js'
import type { View } from '../state/view.js'

/** The ids of all documents that one of two views has, in id order, each once: for databases that share no tree. */
export async function* allIds(mine: View, theirs: View): AsyncGenerator<string, void> {
  const [a, b] = [idsOf(mine), idsOf(theirs)]
  let [left, right] = [await a.next(), await b.next()]
  while (!left.done || !right.done) {
    const order = compare(left, right)
    yield (order <= 0 ? left.value : right.value) as string
    if (order <= 0) left = await a.next()
    if (order >= 0) right = await b.next()
  }
}

function compare(a: IteratorResult<string, void>, b: IteratorResult<string, void>): number {
  if (a.done || b.done) return Number(a.done ?? false) - Number(b.done ?? false)
  const [left, right] = [textToOrderedKey(a.value), textToOrderedKey(b.value)]
  return left < right ? -1 : left > right ? 1 : 0
}

async function* idsOf(view: View): AsyncGenerator<string, void> {
  const pages: AsyncIterable<readonly DocumentEntry[]> | Iterable<readonly DocumentEntry[]> = view.pages()
  for await (const page of pages) for (const { id } of page) yield id
}
