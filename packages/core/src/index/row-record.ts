import { DAG_CBOR } from '../codec/block.js'
import { decodeBody, encodeBody } from '../codec/body.js'
import { createCid } from '../codec/cid.js'
import { decodeIndexKey } from '../codec/index-key.js'
import { bytesToBinary } from '../primitives/bytes.js'
import { RecordReader } from '../state/record-reader.js'
import { MAX_VARINT_BYTES, RecordWriter } from '../state/record-writer.js'
import { StoredDocument } from '../state/stored-document.js'
import { deepFreeze } from './emitted-value.js'
import { splitEntryKey } from './entry-key-parts.js'
import type { IndexEntry, IndexRow } from './index-entry.js'

/** The longest body that a row holds itself, and what all rows of one document may hold of it together. */
const INLINE_BYTES = 4096
const INLINE_BYTES_IN_ALL = 16384

const DIGEST_BYTES = 32
const NO_BYTES = new Uint8Array(0)
const NO_SALT = new Uint8Array(16)

/** The value of a row in the `rows` tree; its key is the entry key. */
export function encodeRow({ value, version, document, siblings }: IndexEntry): Uint8Array {
  const body = document?.body
  const isInline =
    body !== undefined && body.length <= INLINE_BYTES && body.length * siblings <= INLINE_BYTES_IN_ALL
  const emitted = value === null ? NO_BYTES : encodeBody({ value }, NO_SALT)
  const inline = isInline ? body : NO_BYTES
  const writer = new RecordWriter(DIGEST_BYTES + 3 * MAX_VARINT_BYTES + emitted.length + inline.length)
  writer.append(version.multihash.digest)
  writer.varint(2 * siblings + (isInline ? 1 : 0))
  writer.varint(emitted.length)
  writer.append(emitted)
  if (isInline) {
    writer.varint(inline.length)
    writer.append(inline)
  }
  return writer.finish()
}

/** The counterpart of {@link encodeRow}. `CORRUPT` for what is no row. */
export function decodeRow(key: Uint8Array, record: Uint8Array): IndexRow {
  const entryKey = bytesToBinary(key)
  const { indexKey, id } = splitEntryKey(entryKey)
  const reader = new RecordReader(record, 'a row of an index')
  // A copy, as whoever remembers the version must not keep the whole page in memory.
  const version = createCid(DAG_CBOR, reader.take(DIGEST_BYTES).slice())
  const head = reader.varint()
  const emitted = reader.take(reader.varint())
  const body = head % 2 === 1 ? reader.take(reader.varint()) : undefined
  reader.end()
  return [
    entryKey,
    {
      key: deepFreeze(decodeIndexKey(indexKey)),
      value: emitted.length === 0 ? null : deepFreeze(decodeBody(id, emitted).value),
      id,
      version,
      document: body === undefined ? undefined : new StoredDocument(id, version, body),
      siblings: Math.floor(head / 2),
    },
  ]
}
