import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the workspace. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The published packages that programs import, in the order in which one depends on the other. */
export const LIBRARIES = ['core', 'react', 'server']

/** All packages that are published. */
export const PUBLISHED = [...LIBRARIES, 'create-firekeep']

/**
 * The environment for the tools: what is installed in the workspace comes first on the PATH (turbo looks for
 * `pnpm` there), and nothing phones home.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment() {
  const path = [join(ROOT, 'scripts/node_modules/.bin'), join(ROOT, 'node_modules/.bin'), process.env.PATH]
  return {
    ...process.env,
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' }),
    PATH: path.filter(Boolean).join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  }
}

/**
 * Whether this run must not skip anything.
 *
 * @returns {boolean}
 */
export function isContinuousIntegration() {
  return process.env.CI === 'true' || process.env.CI === '1'
}

/**
 * Whether a path of the workspace exists.
 *
 * @param {string} path relative to the workspace
 */
export function isInWorkspace(path) {
  return existsSync(join(ROOT, path))
}
