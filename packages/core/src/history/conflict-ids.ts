import { hasErrorCode } from '../errors.js'
import { decodeDocumentRecord, treeKeyToId } from '../state/document-record.js'
import type { Snapshot } from '../state/snapshot.js'
import type { View } from '../state/view.js'
import { diffTrees } from '../tree/diff-trees.js'

/**
 * Which documents of a database have several leaves. All documents are looked at once, without decoding contents; from
 * then on a newer snapshot costs what it has otherwise than the last one (L11).
 */
export class ConflictIds {
  #last: { readonly snapshot: Snapshot; readonly ids: Promise<ReadonlySet<string>> } | undefined

  /** The ids of all documents that have several leaves in a view, in no order. */
  async in(view: View): Promise<Set<string>> {
    const ids = new Set(view.snapshot && (await this.#inSnapshot(view.snapshot)))
    for (const { id, leaves } of view.docs.values()) {
      if (leaves.length > 1) ids.add(id)
      else ids.delete(id)
    }
    return ids
  }

  #inSnapshot(snapshot: Snapshot): Promise<ReadonlySet<string>> {
    const last = this.#last
    if (last?.snapshot === snapshot) return last.ids
    const ids = last === undefined ? scan(snapshot) : follow(last.ids, last.snapshot, snapshot)
    const next = { snapshot, ids }
    this.#last = next
    ids.catch(() => {
      if (this.#last === next) this.#last = undefined
    })
    return ids
  }
}

async function scan(snapshot: Snapshot): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const page of snapshot.pages({})) {
    for (const { id, leaves } of page) if (leaves.length > 1) ids.add(id)
  }
  return ids
}

/** Where pages of the former snapshot are gone, all documents are looked at again. */
async function follow(
  former: Promise<ReadonlySet<string>>,
  before: Snapshot,
  after: Snapshot,
): Promise<ReadonlySet<string>> {
  try {
    const ids = new Set(await former)
    for await (const batch of diffTrees(before.blocks, before.docs, after.docs, after.blocks)) {
      for (const { key, after: value } of batch) {
        const id = treeKeyToId(key)
        if (value !== undefined && decodeDocumentRecord(value).leaves.length > 1) ids.add(id)
        else ids.delete(id)
      }
    }
    return ids
  } catch (error) {
    if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
    return scan(after)
  }
}
