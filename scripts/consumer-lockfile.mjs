import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseAllDocuments, stringify } from 'yaml'

/**
 * @typedef {object} PackedPackage
 * @property {string} name
 * @property {string} importer its folder in the workspace, as the lockfile names it
 * @property {string} version
 * @property {string} archive the path of its archive
 * @property {readonly string[]} peers the packages that it expects its user to have
 *
 * @typedef {Record<string, { specifier: string, version: string }>} LockedDependencies
 * @typedef {{ dependencies: Record<string, string>, devDependencies: Record<string, string> }} ProjectManifest
 */

/**
 * The lockfile of a project that depends on packed packages of this workspace and on some of the tools of one of
 * its folders, all at the versions of the workspace's own lockfile. With it `pnpm install --frozen-lockfile`
 * finds everything in the store that the workspace was installed from, so that a real installation of the
 * archives needs no network.
 *
 * @param {object} options
 * @param {string} options.workspaceLockfile its text
 * @param {string} options.folder where the project is
 * @param {readonly PackedPackage[]} options.packed
 * @param {string} options.toolsFrom the folder whose versions of the tools are used
 * @param {readonly string[]} options.tools names of packages from the registry
 * @param {ProjectManifest} [options.project] its manifest, where it has one; else it gets that of the answer
 * @returns {{ lockfile: string, manifest: { dependencies: Record<string, string> }, overrides: Record<string, string> }}
 */
export function consumerLockfile({ workspaceLockfile, folder, packed, toolsFrom, tools, project }) {
  const lock = dependencyDocument(workspaceLockfile)
  const toolVersions = {
    ...lock.importers[toolsFrom].dependencies,
    ...lock.importers[toolsFrom].devDependencies,
  }
  /** @type {LockedDependencies} */
  const dependencies = Object.fromEntries(tools.map(name => [name, pinned(toolVersions[name])]))
  /** @type {Record<string, string>} */
  const overrides = {}
  for (const { name, archive } of packed) overrides[name] = `file:${relative(folder, archive)}`
  for (const { name, version: release, importer, archive, peers: expected } of packed) {
    const tarball = String(overrides[name])
    const own = lock.importers[importer].dependencies ?? {}
    const peers = versionsOf(expected, dependencies)
    const version =
      tarball +
      Object.entries(peers)
        .map(([peer, at]) => `(${peer}@${at})`)
        .join('')
    dependencies[name] = { specifier: tarball, version }
    const resolution = { integrity: integrityOf(archive), tarball }
    lock.packages[`${name}@${tarball}`] = { resolution, version: release }
    lock.snapshots[`${name}@${version}`] = { dependencies: { ...installed(own, overrides), ...peers } }
  }
  return {
    lockfile: stringify({
      ...lock,
      catalogs: undefined,
      overrides,
      importers: { '.': project === undefined ? { dependencies } : asIn(project, dependencies, overrides) },
    }),
    manifest: {
      dependencies: Object.fromEntries(
        Object.entries(dependencies).map(([name, { specifier }]) => [name, specifier]),
      ),
    },
    overrides,
  }
}

/**
 * The same dependencies in the kinds and with the ranges of a manifest, but for what is overridden.
 *
 * @param {ProjectManifest} project
 * @param {LockedDependencies} locked
 * @param {Record<string, string>} overrides
 */
function asIn(project, locked, overrides) {
  /** @param {Record<string, string>} ranges */
  const lockedIn = ranges =>
    Object.fromEntries(
      Object.entries(ranges).map(([name, range]) => {
        return [name, { specifier: overrides[name] ?? range, version: String(locked[name]?.version) }]
      }),
    )
  return {
    dependencies: lockedIn(project.dependencies),
    devDependencies: lockedIn(project.devDependencies),
  }
}

/**
 * pnpm keeps its own version in a document before the one of the dependencies.
 *
 * @param {string} text
 */
function dependencyDocument(text) {
  return parseAllDocuments(text).at(-1)?.toJS()
}

/**
 * @param {readonly string[]} names
 * @param {LockedDependencies} dependencies
 */
function versionsOf(names, dependencies) {
  return Object.fromEntries(names.map(name => [name, String(dependencies[name]?.version)]))
}

/** @param {{ version: string }} locked */
function pinned({ version }) {
  return { specifier: String(version.split('(')[0]), version }
}

/**
 * @param {Record<string, { version: string }>} locked what the workspace has installed for the package
 * @param {Record<string, string>} overrides
 */
function installed(locked, overrides) {
  return Object.fromEntries(
    Object.entries(locked).map(([name, { version }]) => [name, overrides[name] ?? version]),
  )
}

/** @param {string} archive */
function integrityOf(archive) {
  return `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
}
