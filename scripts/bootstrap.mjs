import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withProgress } from './progress.mjs'
import { run } from './run.mjs'
import { ROOT } from './workspace.mjs'

const OLDEST_NODE = [20, 19]
const STAMP = join(ROOT, 'node_modules/.firekeep-installed')

/**
 * Makes the workspace ready to run anything: checks the version of Node and installs the dependencies where they
 * are missing or do not fit the lockfile. Needs only Node and npm; costs nothing when all is there.
 *
 * Throws with a message for humans when Node is too old or the installation fails.
 *
 * @returns {Promise<void>}
 */
export async function bootstrap() {
  checkNode(process.versions.node)
  const stamp = installationStamp()
  if (isInstalled(stamp)) return
  await withProgress('Installing dependencies', install)
  writeFileSync(STAMP, stamp)
}

/**
 * Throws where the version of Node is older than the workspace can run on.
 *
 * @param {string} version such as `20.19.0`
 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  throw new Error(
    `Firekeep needs Node ${OLDEST_NODE.join('.')} or newer, this is ${version}. See https://nodejs.org`,
  )
}

// A hash instead of file times: a checkout sets those to now, and an installation that was killed leaves them.
function installationStamp() {
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(ROOT, file))).update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} stamp */
function isInstalled(stamp) {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp
}

async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const command = ['npx', '--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline']
  const { code, output } = await run([...command, '--config.confirm-modules-purge=false'], { cwd: ROOT })
  if (code !== 0)
    throw new Error(`${output.trim()}\n\nThe dependencies could not be installed (${command.join(' ')}).`)
}
