/**
 * A module of Node itself (`'node:fs'`), or `undefined` elsewhere and before Node 20.16. Reached through the
 * process, so that a bundler for browsers sees no `node:` import.
 */
export function findBuiltInModule<Module>(name: string): Module | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  return process?.getBuiltinModule?.(name) as Module | undefined
}
