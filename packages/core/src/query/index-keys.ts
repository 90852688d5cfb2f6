import { encodeIndexKey, indexKeyPrefixRange } from '../codec/index-key.js'
import { FirekeepError } from '../errors.js'
import { AFTER_ALL, entryRange } from '../index/index-entry.js'
import { invalidOption } from './invalid-option.js'
import type { BinaryRange } from './ranges-behind.js'
import type { KeySpace } from './read-plan.js'
import { recallPlace } from './row-place.js'

/** Where keys and rows stand among the entries of an index. */
export const INDEX_KEYS: KeySpace = {
  encode: mustEncode,
  end: AFTER_ALL,
  prefix(value) {
    const range = indexKeyPrefixRange(value)
    if (range === undefined) throw noKey('`prefix` takes a string or an array of keys, up to 4 KiB')
    return range
  },
  place: placeOfRow,
}

function mustEncode(value: unknown): string {
  const key = encodeIndexKey(value)
  if (key === undefined) {
    throw noKey('a key is null, a boolean, a number, a string, bytes, or an array of these, up to 4 KiB')
  }
  return key
}

function placeOfRow(row: object): BinaryRange {
  const entryKey = recallPlace(row)
  if (entryKey !== undefined) return { from: entryKey, to: `${entryKey}\0` }
  const { key, id } = row as { key?: unknown; id?: unknown }
  if (typeof id !== 'string' || key === undefined)
    throw invalidOption('after', 'takes a row, with its `key` and `id`')
  return entryRange(mustEncode(key), id)
}

function noKey(message: string): FirekeepError {
  return new FirekeepError('INVALID_QUERY', message)
}
