import { FirekeepError } from '../../errors.js'

interface NodeProcess {
  getBuiltinModule?(name: string): unknown
}

/**
 * A module of Node itself, reached so that a bundler for browsers sees no `node:` import. `INVALID_OPTION`
 * where there is none.
 */
export function builtInModule<Module>(name: string): Module {
  const { process } = globalThis as { process?: NodeProcess }
  const module = process?.getBuiltinModule?.(name)
  if (module !== undefined) return module as Module
  throw new FirekeepError('INVALID_OPTION', 'the "files" storage needs Node 20.16 or later')
}
