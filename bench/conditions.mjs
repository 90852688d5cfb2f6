import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { CONTENDERS } from './contenders/contenders.mjs'
import { DURABILITY } from './durability.mjs'
import { TASK_BYTES } from './task.mjs'

/**
 * What figures depend on. Names no machine.
 *
 * @typedef {object} Conditions
 * @property {import('./contenders/contender.js').EnvironmentName} environment
 * @property {string} system
 * @property {string} cpu
 * @property {number} cores
 * @property {Readonly<Record<string, string>>} versions
 * @property {string} durability
 * @property {number} documentBytes
 * @property {import('./contenders/contender.js').RecordBytes} recordBytes
 * @property {number} rounds
 *
 * @typedef {Pick<import('./contenders/contender.js').Contender, 'label' | 'package' | 'environments'>} Versioned
 */

/**
 * @param {object} run
 * @param {Conditions['environment']} run.environment
 * @param {number} run.rounds
 * @param {Conditions['recordBytes']} run.recordBytes
 * @param {string | undefined} run.browserVersion
 * @param {readonly Versioned[]} [run.contenders] whose versions count where they run
 * @returns {Promise<Conditions>}
 */
export async function readConditions({
  environment,
  rounds,
  recordBytes,
  browserVersion,
  contenders = CONTENDERS,
}) {
  const processors = cpus()
  const platform =
    browserVersion === undefined ? { Node: process.versions.node } : { Chromium: browserVersion }
  const running = contenders.filter(({ environments }) => environments.includes(environment))
  return {
    environment,
    system: `${process.platform} ${process.arch}`,
    cpu: processors[0]?.model ?? 'unknown processor',
    cores: processors.length,
    versions: { ...platform, ...(await versionsOf(running)) },
    durability: DURABILITY[environment],
    documentBytes: TASK_BYTES,
    recordBytes,
    rounds,
  }
}

/**
 * @param {readonly Versioned[]} contenders
 * @returns {Promise<Record<string, string>>} by the labels of the tables
 */
async function versionsOf(contenders) {
  const installed = contenders.filter(contender => contender.package !== undefined)
  const versions = await Promise.all(
    installed.map(async ({ label, package: name }) => {
      // Not resolved as an import: most packages do not export it.
      const file = new URL(`node_modules/${name}/package.json`, import.meta.url)
      /** @type {{ version: string }} */
      const { version } = JSON.parse(await readFile(file, 'utf8'))
      return [label, version]
    }),
  )
  return Object.fromEntries(versions)
}
