import type { CID, CidKey } from '../codec/cid.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { Leaf } from './leaf.js'
import { StoredDocument } from './stored-document.js'
import type { Version } from './versions.js'
import type { View } from './view.js'

/** A version that is no leaf any more, as the leaf that it was. Its content is read when it is asked for. */
export class PastLeaf implements Leaf {
  readonly commit: CID
  readonly key: CidKey
  readonly height: number
  readonly body: CID | null
  readonly purge: boolean
  readonly document = undefined
  readonly #version: Version

  constructor(version: Version) {
    const { node, op } = version
    this.commit = node.cid
    this.key = node.key
    this.height = node.height
    this.body = op.body
    this.purge = op.purge ?? false
    this.#version = version
  }

  /** The content; `undefined` for a deletion. `PRUNED` when it was erased. */
  read(view: View): MaybePromise<StoredDocument | undefined> {
    const { node, op } = this.#version
    const { id, body } = op
    if (body === null) return undefined
    return whenReady(view.bodyOf(node, { ...op, body }), bytes => new StoredDocument(id, node.cid, bytes))
  }
}
