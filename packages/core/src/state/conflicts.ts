import { equalValues } from '../primitives/equal-values.js'
import type { DocumentEntry, Leaf } from './leaf.js'

/**
 * Whether a document has versions that were written apart and not resolved: more than one leaf, not all
 * deleted, and not all equal in content.
 */
export function isConflicted({ leaves }: DocumentEntry): boolean {
  const [winner, ...others] = leaves as readonly [Leaf, ...Leaf[]]
  return others.some(leaf => !equalContent(winner, leaf))
}

function equalContent(a: Leaf, b: Leaf): boolean {
  if (a.document === undefined || b.document === undefined) return a.document === b.document
  return equalValues(a.document.shared(), b.document.shared())
}
