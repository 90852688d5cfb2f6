import { FirekeepError } from '../errors.js'
import { parseDefinition } from '../index/definition.js'
import type { IndexSet } from '../index/index-set.js'
import type { PlainDocument } from '../state/stored-document.js'
import { CheckedOptions } from './checked-options.js'
import { INDEX_KEYS } from './index-keys.js'
import { invalidOption } from './invalid-option.js'
import { createLiveQuery } from './live-query.js'
import type { LiveQuery } from './query-types.js'
import { type KeySpace, planRead } from './read-plan.js'

/**
 * The live form of `allDocs`: a live query over the index of `_id`, whose order is that of the ids, with the
 * document as the value. Takes the options of `allDocs` but for `includeDeleted`, which is `INVALID_OPTION`:
 * indexes hold what exists.
 */
export function createLiveAllDocs(
  indexes: IndexSet,
  options?: unknown,
): LiveQuery<PlainDocument, string, PlainDocument> {
  const checked = new CheckedOptions(options, OPTIONS)
  if (checked.flag('includeDeleted', false)) throw invalidOption('includeDeleted', 'is not for live lists')
  const request = { definition: parseDefinition('_id'), plan: planRead(checked, IDS), includeDocs: true }
  const live = createLiveQuery(indexes, request, entry => entry.document.shared())
  return live as LiveQuery<PlainDocument, string, PlainDocument>
}

const OPTIONS = ['key', 'keys', 'range', 'prefix', 'limit', 'descending', 'includeDeleted', 'after']

const IDS: KeySpace = {
  ...INDEX_KEYS,
  encode: id => INDEX_KEYS.encode(mustBeText(id)),
  prefix: start => INDEX_KEYS.prefix(mustBeText(start)),
}

function mustBeText(id: unknown): string {
  if (typeof id !== 'string')
    throw new FirekeepError('INVALID_QUERY', 'the keys of a list of documents are ids: strings')
  return id
}
