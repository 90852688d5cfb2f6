import { FirekeepError, hasErrorCode } from '../errors.js'
import { AFTER_ALL } from '../index/index-entry.js'
import { textToOrderedKey } from '../primitives/bytes.js'
import type { PlainDocument, StoredDocument } from '../state/stored-document.js'
import { CheckedOptions } from './checked-options.js'
import { invalidOption } from './invalid-option.js'
import type { AllDocsResult, AllDocsRow } from './query-types.js'
import { type KeySpace, planRead } from './read-plan.js'

/** All documents of one view, by id in code point order. */
export interface DocsReader {
  readonly clock: readonly string[]
  /** Makes a caller's own document. Default: what the stored one answers. */
  readonly copy?: (document: StoredDocument) => PlainDocument
  /**
   * From `from` (inclusive) to `to` (exclusive), which are `textToOrderedKey(id)` or parts of it: a page at a time, none
   * of which is read before it is asked for.
   */
  entries(range: {
    readonly from?: string
    readonly to?: string
    readonly reverse?: boolean
  }): Iterable<readonly DocsEntry[]> | AsyncIterable<readonly DocsEntry[]>
}

export interface DocsEntry {
  readonly id: string
  /** `undefined` when the document is deleted. */
  readonly document: StoredDocument | undefined
}

/**
 * Lists documents by id, each its caller's own. One that does not decode is left out and counted (L12).
 * Rejects with `INVALID_QUERY` or `INVALID_OPTION` for options that make no sense.
 */
export async function allDocs(reader: DocsReader, options?: unknown): Promise<AllDocsResult<PlainDocument>> {
  const checked = new CheckedOptions(options, ALL_DOCS_OPTIONS)
  const { ranges, reverse, limit } = planRead(checked, IDS)
  const list = new DocumentList(limit, checked.flag('includeDeleted', false), reader.copy)
  for (const range of reverse ? ranges.toReversed() : ranges) {
    if (list.isFull) break
    for await (const page of reader.entries({ ...range, reverse })) {
      for (const entry of page) {
        if (list.isFull) break
        list.add(entry)
      }
      if (list.isFull) break
    }
  }
  const { rows, skipped } = list
  return { rows, docs: rows.map(row => row.doc), clock: reader.clock, skipped }
}

const ALL_DOCS_OPTIONS = [
  'key',
  'keys',
  'range',
  'prefix',
  'limit',
  'descending',
  'includeDeleted',
  'after',
  'asOf',
]

const IDS: KeySpace = {
  encode: encodeId,
  end: '\0',
  prefix(value) {
    const from = encodeId(value)
    return { from, to: from + AFTER_ALL }
  },
  place(row) {
    const { id } = row as { id?: unknown }
    if (typeof id !== 'string') throw invalidOption('after', 'takes a row, with its `id`')
    const from = textToOrderedKey(id)
    return { from, to: `${from}\0` }
  },
}

function encodeId(value: unknown): string {
  if (typeof value !== 'string')
    throw new FirekeepError('INVALID_QUERY', 'the keys of `allDocs` are ids: strings')
  return textToOrderedKey(value)
}

class DocumentList {
  readonly rows: AllDocsRow<PlainDocument>[] = []
  skipped = 0
  readonly #limit: number
  readonly #includeDeleted: boolean
  readonly #copy: NonNullable<DocsReader['copy']>

  constructor(limit: number, includeDeleted: boolean, copy: DocsReader['copy']) {
    this.#copy = copy ?? (document => document.copy())
    this.#limit = limit
    this.#includeDeleted = includeDeleted
  }

  get isFull(): boolean {
    return this.rows.length >= this.#limit
  }

  add({ id, document }: DocsEntry): void {
    if (document === undefined && !this.#includeDeleted) return
    const doc = document === undefined ? { _id: id, _deleted: true } : this.#copyOrSkip(document)
    if (doc === undefined) this.skipped += 1
    else this.rows.push({ key: id, id, value: doc, doc })
  }

  #copyOrSkip(document: StoredDocument): PlainDocument | undefined {
    try {
      return this.#copy(document)
    } catch (error) {
      if (hasErrorCode(error, 'CORRUPT')) return undefined
      throw error
    }
  }
}
