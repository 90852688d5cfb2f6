import { escapeValue, unescapeFields } from '../codec/body.js'
import { MAX_DEPTH } from '../codec/document.js'
import { utf8ToBytes } from '../primitives/bytes.js'
import type { PlainDocument } from '../state/stored-document.js'
import { badLine, type Line } from './read-lines.js'

/** A document as a line of NDJSON: DAG-JSON, so bytes are `{"/":{"bytes":"…"}}`. */
export function documentToLine(document: PlainDocument): Uint8Array {
  return utf8ToBytes(`${JSON.stringify(escapeValue(document))}\n`)
}

/** The document of a line, not checked. `INVALID_DOCUMENT` with the line where it is no object of DAG-JSON. */
export function lineToDocument({ number, text }: Line): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return unescapeFields(value as Record<string, unknown>, MAX_DEPTH + 1)
  } catch (cause) {
    throw badLine(number, 'is not the JSON of a document', cause)
  }
  throw badLine(number, 'is not an object')
}
