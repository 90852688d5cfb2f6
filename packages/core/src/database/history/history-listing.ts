import { assertDocumentId } from '../../codec/document-id.js'
import { CheckedOptions } from '../../query/checked-options.js'
import { invalidOption } from '../../query/invalid-option.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { Engine } from '../engine.js'
import type { HistoryRequest } from './history-entries.js'
import type { HistoryCommit, HistoryVersion, Listing } from './history-types.js'

/** The versions of a document, or without an id all commits. What is wrong with the arguments is told at once. */
export function historyListing(
  use: () => Engine,
  id: unknown,
  options: unknown,
): Listing<HistoryVersion<PlainDocument> | HistoryCommit> {
  use()
  const request = { use, ...readOptions(options) }
  if (id !== undefined) assertDocumentId(id)
  return toListing(async function* () {
    const { VERSIONS_PART } = await import('../versions-part.js')
    if (id === undefined) yield* VERSIONS_PART.listHistory(request)
    else yield* VERSIONS_PART.listDocumentHistory(request, id)
  })
}

function readOptions(options: unknown): Omit<HistoryRequest, 'use'> {
  const given = new CheckedOptions(options, ['after', 'limit', 'signal'])
  const after = given.get('after')
  if (after !== undefined && !Array.isArray(after))
    throw invalidOption('after', 'is the `clock` of an entry that was listed')
  const limit = given.count('limit', Number.POSITIVE_INFINITY)
  return { after: after && [...after], limit, signal: given.signal('signal') }
}

function toListing<T>(iterate: () => AsyncGenerator<T, void>): Listing<T> {
  return {
    [Symbol.asyncIterator]: iterate,
    async toArray() {
      const entries: T[] = []
      for await (const entry of iterate()) entries.push(entry)
      return entries
    },
  }
}
