import { type IndexDefinition, parseDefinition } from '../index/definition.js'
import type { WaitOptions } from '../index/waiters.js'
import { CheckedOptions } from './checked-options.js'
import { INDEX_KEYS } from './index-keys.js'
import { invalidOption } from './invalid-option.js'
import { planRead, type ReadPlan } from './read-plan.js'

/** A query that was checked: which index, which part of it, and what the rows hold. */
export interface QueryRequest {
  readonly definition: IndexDefinition
  readonly plan: ReadPlan
  readonly includeDocs: boolean
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
    wait: readWait(checked),
  }
}

function readWait(options: CheckedOptions): WaitOptions {
  const signal = options.get('signal')
  const onProgress = options.get('onProgress')
  if (signal !== undefined && !isAbortSignal(signal)) throw invalidOption('signal', 'is an `AbortSignal`')
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalidOption('onProgress', 'is a function')
  }
  return { signal, onProgress: onProgress as WaitOptions['onProgress'] }
}

/** By what it can do: one of another realm is none by its class. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
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
  'signal',
  'onProgress',
]
