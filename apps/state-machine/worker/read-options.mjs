import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const USAGE = `worker [options] <link>
  <link>             the link to the office, as its page "Checks" copies it; or the variable FIREKEEP_LINK
  --dir <folder>     where the office is kept on this machine, encrypted
  --pace <ms>        how long a look into the register takes (default 800)
  --lease <ms>       after how long without a sign of life others take over (default 10000)`

const DEFAULT_PACE = 800
const DEFAULT_LEASE = 10_000

/**
 * @typedef {object} WorkerSettings
 * @property {string} link
 * @property {string} dir
 * @property {number} pace milliseconds
 * @property {number} lease milliseconds
 */

/**
 * Reads what the worker was started with. Throws, with what can be said instead, where that is not enough.
 *
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {WorkerSettings}
 */
export function readOptions(args, env) {
  const { values, positionals } = parse(args)
  const link = positionals[0] ?? env.FIREKEEP_LINK
  if (link === undefined || positionals.length > 1) throw new Error(`Which office?\n\n${USAGE}`)
  return {
    link,
    dir:
      values.dir ?? join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'firekeep-licences-worker'),
    pace: toMilliseconds('pace', values.pace) ?? DEFAULT_PACE,
    lease: toMilliseconds('lease', values.lease) ?? DEFAULT_LEASE,
  }
}

/** @param {readonly string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args: [...args],
      options: { dir: { type: 'string' }, pace: { type: 'string' }, lease: { type: 'string' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`, { cause: error })
  }
}

/**
 * @param {string} name
 * @param {string | undefined} text
 */
function toMilliseconds(name, text) {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${name} is a number of milliseconds.\n\n${USAGE}`)
}
