import { invalidOption } from '../query/invalid-option.js'
import type { Engine } from './engine.js'

/** Under it a handle gives its engine to others; found by whichever copy of this module made the handle. */
export const ENGINE = Symbol.for('firekeep.engine-of.1')

/** The engine of a database that was given as an argument. `INVALID_OPTION` for what is none, `CLOSED` for a closed one. */
export function engineOf(database: unknown): Engine {
  const isObject = typeof database === 'object' && database !== null
  const engine = isObject ? (database as { readonly [ENGINE]?: Engine })[ENGINE] : undefined
  if (engine !== undefined) return engine
  throw invalidOption('other', 'is a database, as `firekeep` gives it')
}
