import { decodeBody } from '../codec/body.js'
import type { CID } from '../codec/cid.js'
import { copyValue } from '../primitives/copy-value.js'

/** A document as Firekeep hands it out: plain JSON with `_id`, and `Uint8Array` for bytes. */
export type PlainDocument = { readonly _id: string; readonly [field: string]: unknown }

/**
 * One undeleted version of a document, kept as its encoded body and decoded only when somebody asks.
 * Immutable; one instance per version, so it serves as the version's identity.
 */
export class StoredDocument {
  readonly id: string
  /** The commit that made this version. */
  readonly version: CID
  /** The encoded body, as in its block. */
  readonly body: Uint8Array
  #wasRead = false
  #shared: PlainDocument | undefined

  constructor(id: string, version: CID, body: Uint8Array) {
    this.id = id
    this.version = version
    this.body = body
  }

  /** A fresh copy that belongs to the caller. `CORRUPT` when the body does not decode. */
  copy(): PlainDocument {
    // Who reads it again will do so often: a copy of what was decoded costs a fifth of decoding.
    if (this.#wasRead) return copyShared(this.shared())
    const document = decodeBody(this.id, this.body)
    this.#wasRead = true
    return document
  }

  /** The one shared copy, deeply frozen; the same object at every call. `CORRUPT` when the body does not decode. */
  shared(): PlainDocument {
    this.#shared ??= deepFreeze(decodeBody(this.id, this.body))
    return this.#shared
  }
}

/** Attachments never change, so copies share them: a copy of one would be mere data. */
function copyShared(shared: PlainDocument): PlainDocument {
  const { _files: files } = shared
  return files === undefined ? copyValue(shared) : { ...copyValue(shared), _files: { ...(files as object) } }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  for (const key of Object.keys(value)) deepFreeze((value as Record<string, unknown>)[key])
  return Object.freeze(value)
}
