import { FirekeepError } from '../../errors.js'
import { findBuiltInModule } from '../../primitives/find-built-in-module.js'

/** A module of Node that the "files" storage needs. `INVALID_OPTION` where there is none. */
export function builtInModule<Module>(name: string): Module {
  const module = findBuiltInModule<Module>(name)
  if (module !== undefined) return module
  throw new FirekeepError('INVALID_OPTION', 'the "files" storage needs Node 20.16 or later')
}
