import { binaryToBytes, bytesToBinary } from '../primitives/bytes.js'
import { RecordReader } from '../state/record-reader.js'
import { MAX_VARINT_BYTES, RecordWriter } from '../state/record-writer.js'
import { indexKeyOf } from './entry-key-parts.js'
import type { BaseTrace } from './index-base.js'
import { entryKey } from './index-entry.js'

/** The value of a document in the `documents` tree; `undefined` where it left nothing in the index. */
export function encodeTrace(id: string, { entryKeys, skipped }: BaseTrace): Uint8Array | undefined {
  if (entryKeys.length === 0 && skipped === 0) return undefined
  const indexKeys = entryKeys.map(key => indexKeyOf(key, id))
  const length = indexKeys.reduce((sum, key) => sum + MAX_VARINT_BYTES + key.length, 0)
  const writer = new RecordWriter(2 * MAX_VARINT_BYTES + length)
  writer.varint(skipped)
  writer.varint(indexKeys.length)
  for (const indexKey of indexKeys) {
    writer.varint(indexKey.length)
    writer.append(binaryToBytes(indexKey))
  }
  return writer.finish()
}

/** The counterpart of {@link encodeTrace}. `CORRUPT` for what is no trace. */
export function decodeTrace(id: string, record: Uint8Array): BaseTrace {
  const reader = new RecordReader(record, 'a trace of an index')
  const skipped = reader.varint()
  const entryKeys: string[] = []
  const count = reader.varint()
  for (let i = 0; i < count; i += 1) {
    const indexKey = bytesToBinary(reader.take(reader.varint()))
    entryKeys.push(entryKey(indexKey, id, i))
  }
  reader.end()
  return { entryKeys, skipped }
}
