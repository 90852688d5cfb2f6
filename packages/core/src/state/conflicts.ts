import { hasErrorCode } from '../errors.js'
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
  try {
    return equalValues(a.document.shared(), b.document.shared())
  } catch (error) {
    // A content that does not decode is one that nobody can call the same; it fails nothing else (L12).
    if (hasErrorCode(error, 'CORRUPT')) return false
    throw error
  }
}
