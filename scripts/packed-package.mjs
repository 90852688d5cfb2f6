import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packPackage } from './package-checks.mjs'
import { ROOT } from './workspace.mjs'

/**
 * Packs a package of the workspace, and tells what `consumerLockfile` has to know of it.
 *
 * @param {string} name such as `core`
 * @param {string} folder gets the archive, in a folder of its own
 * @returns {Promise<import('./consumer-lockfile.mjs').PackedPackage>}
 */
export async function packedPackage(name, folder) {
  const importer = `packages/${name}`
  const manifest = JSON.parse(readFileSync(join(ROOT, importer, 'package.json'), 'utf8'))
  const archive = await packPackage(name, join(folder, importer))
  const peers = Object.keys(manifest.peerDependencies ?? {})
  return { name: manifest.name, version: manifest.version, importer, archive, peers }
}
