import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { TASK_BYTES } from '../task.mjs'
import { SYNC_CONTENDERS } from './contenders/sync-contenders.mjs'

/**
 * What figures depend on. Names no machine.
 *
 * @typedef {object} SyncConditions
 * @property {string} system
 * @property {string} cpu
 * @property {number} cores
 * @property {Readonly<Record<string, string>>} versions by the labels of the tables
 * @property {number} documentBytes
 * @property {number} rounds
 */

/**
 * @param {number} rounds
 * @returns {Promise<SyncConditions>}
 */
export async function readSyncConditions(rounds) {
  const processors = cpus()
  return {
    system: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    versions: { Node: process.versions.node, ...(await contenderVersions()) },
    documentBytes: TASK_BYTES,
    rounds,
  }
}

/** @returns {Promise<Record<string, string>>} */
async function contenderVersions() {
  const versions = SYNC_CONTENDERS.flatMap(({ label, package: name }) =>
    name === undefined ? [] : [versionOf(name).then(version => [label, `(${name}) ${version}`])],
  )
  return Object.fromEntries(await Promise.all(versions))
}

/** @param {string} name */
async function versionOf(name) {
  // Not resolved as an import: most packages do not export it.
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url)
  /** @type {{ version: string }} */
  const { version } = JSON.parse(await readFile(file, 'utf8'))
  return version
}
