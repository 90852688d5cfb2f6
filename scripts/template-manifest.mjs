/**
 * @typedef {object} KnownVersions
 * @property {Readonly<Record<string, string>>} catalog what `catalog:` stands for
 * @property {Readonly<Record<string, string>>} workspace versions of the packages of the workspace
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {Record<string, string>} scripts
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} devDependencies
 */

/**
 * The manifest of a template: that of the app, with real versions, and without what is true of the app only.
 *
 * @param {Manifest & Record<string, unknown>} app
 * @param {KnownVersions} versions
 */
export function templateManifest(app, versions) {
  const { name, description, license, repository, scripts, dependencies, devDependencies, ...others } = app
  return {
    name: String(name.split('/').at(-1)),
    version: '0.0.0',
    ...others,
    scripts: templateScripts(scripts, 'playwright-core' in devDependencies),
    dependencies: resolved(dependencies, versions),
    devDependencies: resolved(devDependencies, versions),
  }
}

/**
 * In the workspace something else builds the app before its tests, and serves what was built.
 *
 * @param {Readonly<Record<string, string>>} scripts
 * @param {boolean} isBuiltAppTested
 */
function templateScripts(scripts, isBuiltAppTested) {
  const { build, test } = scripts
  const built = { ...scripts, start: `${build} && vite preview` }
  return isBuiltAppTested ? { ...built, test: `${build} && ${test}` } : built
}

/**
 * @param {Readonly<Record<string, string>>} dependencies
 * @param {KnownVersions} versions
 */
function resolved(dependencies, versions) {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => [name, resolvedRange(name, range, versions)]),
  )
}

/**
 * @param {string} name
 * @param {string} range
 * @param {KnownVersions} versions
 */
function resolvedRange(name, range, { catalog, workspace }) {
  if (range === 'catalog:') return known(name, catalog[name])
  if (range === 'workspace:^') return `^${known(name, workspace[name])}`
  if (range.includes(':'))
    throw new Error(`${name} is at ${range}, which means nothing outside of the workspace.`)
  return range
}

/**
 * @param {string} name
 * @param {string | undefined} version
 */
function known(name, version) {
  if (version === undefined) throw new Error(`There is no version of ${name} that a new project could get.`)
  return version
}
