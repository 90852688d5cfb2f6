import { hashBlock } from '../codec/block.js'
import { equalBytes } from '../primitives/bytes.js'
import type { TreeDifference } from '../tree/diff-trees.js'
import { decodeDocumentRecord, type LeafRecord } from './document-record.js'

/**
 * Whether the record of a document before says the same as the one after, and only has a content more, which is the right
 * one: it was erased where the other was made.
 */
export async function differsByErasure({ before, after }: TreeDifference): Promise<boolean> {
  if (before === undefined || after === undefined) return false
  const known = decodeDocumentRecord(before)
  const { leaves, body } = decodeDocumentRecord(after)
  if (body !== undefined || known.body === undefined) return false
  if (leaves.length !== known.leaves.length) return false
  if (!leaves.every((leaf, i) => isSameLeaf(leaf, known.leaves[i] as LeafRecord))) return false
  const id = leaves[0]?.body
  if (id == null) return false
  const { cid } = await hashBlock(id.code, known.body)
  return equalBytes(cid.bytes, id.bytes)
}

function isSameLeaf(a: LeafRecord, b: LeafRecord): boolean {
  const isSameBody = a.body === null || b.body === null ? a.body === b.body : a.body.equals(b.body)
  return a.key === b.key && a.height === b.height && a.purge === b.purge && isSameBody
}
