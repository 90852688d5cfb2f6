import { type IndexDefinition, parseDefinition } from '../index/definition.js'
import { CheckedOptions } from './checked-options.js'
import { INDEX_KEYS } from './index-keys.js'
import { planRead, type ReadPlan } from './read-plan.js'

/** A query that was checked: which index, which part of it, and what the rows hold. */
export interface QueryRequest {
  readonly definition: IndexDefinition
  readonly plan: ReadPlan
  readonly includeDocs: boolean
}

/** Checks the arguments of a query. `INVALID_QUERY` or `INVALID_OPTION`, with a message that names the culprit. */
export function parseQuery(index: unknown, options?: unknown): QueryRequest {
  const checked = new CheckedOptions(options, QUERY_OPTIONS)
  return {
    definition: parseDefinition(index, { name: checked.get('name'), version: checked.get('version') }),
    plan: planRead(checked, INDEX_KEYS),
    includeDocs: checked.flag('includeDocs', true),
  }
}

const QUERY_OPTIONS = [
  'key',
  'keys',
  'range',
  'prefix',
  'limit',
  'descending',
  'includeDocs',
  'after',
  'name',
  'version',
]
