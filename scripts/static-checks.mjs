import { run } from './run.mjs'
import { ROOT } from './workspace.mjs'

/** @typedef {import('./run-checks.mjs').Check} Check */

/** The form of the code: fast, needs nothing built. */
export const LINT_CHECKS = [
  commandCheck('format, lint and order of imports', ['biome', 'check', '--error-on-warnings', '.']),
  commandCheck('layers', ['node', 'scripts/check-layers.mjs']),
  commandCheck('no unused file, export or dependency', ['knip']),
]

/** Everything compiles. */
export const BUILD_CHECKS = [
  commandCheck('build', ['turbo', 'run', 'build', '--continue', '--output-logs=errors-only']),
  commandCheck('types', ['turbo', 'run', 'typecheck', '--continue', '--output-logs=errors-only']),
]

/** The bundle of core and react stays small. Needs the build. */
export const SIZE_CHECKS = [commandCheck('size budget', ['node', 'scripts/size.mjs'])]

/**
 * A check that a command ends well; its output is the message where it does not.
 *
 * @param {string} name
 * @param {readonly string[]} command
 * @returns {Check}
 */
function commandCheck(name, command) {
  return {
    name,
    run: async () => {
      const { code, output } = await run(command, { cwd: ROOT })
      if (code !== 0) throw new Error(`${output.trim()}\n${command.join(' ')} ended with code ${code}.`)
    },
  }
}
