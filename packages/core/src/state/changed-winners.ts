import { hasErrorCode } from '../errors.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import type { DocumentChange } from './document-change.js'
import type { DocumentEntry, Leaf } from './leaf.js'
import type { View } from './view.js'

/**
 * The documents whose winner in `view` is another one than before, in id order. One whose content was erased is
 * left out: there is nothing to show of it. Without `before` all of them count as changed.
 */
export async function changedWinners(
  view: View,
  before: ReadonlyMap<string, DocumentEntry> | undefined,
  entries: readonly DocumentEntry[],
): Promise<DocumentChange[]> {
  const changes: DocumentChange[] = []
  for (const { id, leaves } of entries) {
    const winner = leaves[0] as Leaf
    if (before !== undefined && isSameWinner(before.get(id)?.leaves[0], winner)) continue
    try {
      const found = view.documentOf(id, winner)
      changes.push({ id, document: found instanceof Promise ? await found : found })
    } catch (error) {
      if (!hasErrorCode(error, 'PRUNED')) throw error
    }
  }
  return changes.length > 1 ? changes.sort(byId) : changes
}

function isSameWinner(old: Leaf | undefined, winner: Leaf): boolean {
  const wasGone = old === undefined || old.body === null
  return old?.key === winner.key || (wasGone && winner.body === null)
}

/** The order of changes: by id, in code point order. */
export function byId(a: DocumentChange, b: DocumentChange): number {
  return textToOrderedKey(a.id) < textToOrderedKey(b.id) ? -1 : 1
}
