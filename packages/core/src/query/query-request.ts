import { type IndexDefinition, parseDefinition } from '../index/definition.js'
import type { WaitOptions } from '../index/waiters.js'
import { readAsOf } from './as-of.js'
import { CheckedOptions } from './checked-options.js'
import { INDEX_KEYS } from './index-keys.js'
import { invalidOption } from './invalid-option.js'
import { planRead, type ReadPlan } from './read-plan.js'

/** A query that was checked: which index, which part of it, and what the rows hold. */
export interface QueryRequest {
  readonly definition: IndexDefinition
  readonly plan: ReadPlan
  readonly includeDocs: boolean
  /** The moment to read at; `undefined` for now. */
  readonly asOf: readonly string[] | undefined
  /** What the caller brings along for the time that the index takes to be built. */
  readonly wait: WaitOptions
}

/** Checks the arguments of a query. `INVALID_QUERY` or `INVALID_OPTION`, with a message that names the culprit. */
export function parseQuery(index: unknown, options?: unknown): QueryRequest {
  const checked = new CheckedOptions(options, QUERY_OPTIONS)
  return {
    definition: parseDefinition(index, { name: checked.get('name'), version: checked.get('version') }),
    plan: planRead(checked, INDEX_KEYS),
    includeDocs: checked.flag('includeDocs', true),
    asOf: readAsOf(options),
    wait: readWait(checked),
  }
}

function readWait(options: CheckedOptions): WaitOptions {
  const signal = options.signal('signal')
  const onProgress = options.get('onProgress')
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalidOption('onProgress', 'is a function')
  }
  return { signal, onProgress: onProgress as WaitOptions['onProgress'] }
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
  'asOf',
  'name',
  'version',
  'signal',
  'onProgress',
]
