import { parseArgs } from 'node:util'

const USAGE = `pnpm bench [options]
  --only <text>       only contenders or measures with this in their name, beside the floors; leaves the files alone
  --contenders <a,b>  only these contenders, beside the floors; leaves the files alone
  --env <name>        node or chromium; default both
  --sync              sync with servers, in Node, and nothing else
  --history           history, forks, audit and files, and nothing else
  --rounds <count>    default 5; measures that take long have at most 3
  --minutes <count>   begin no further round of anything after so many, for each environment; default: no bound
  --check             fail where a target is missed by more than half`

/**
 * @typedef {object} BenchOptions
 * @property {string | undefined} only
 * @property {readonly string[] | undefined} contenders
 * @property {readonly import('./contenders/contender.js').EnvironmentName[]} environments
 * @property {boolean} sync
 * @property {boolean} history
 * @property {number} rounds
 * @property {number | undefined} minutes
 * @property {boolean} check
 */

/**
 * Reads the command line; throws with the usage where it is wrong.
 *
 * @param {readonly string[]} args
 * @returns {BenchOptions}
 */
export function parseOptions(args) {
  try {
    const { values } = parseArgs({
      // pnpm hands over the `--` that npm needs.
      args: args[0] === '--' ? args.slice(1) : [...args],
      options: {
        only: { type: 'string' },
        contenders: { type: 'string' },
        env: { type: 'string' },
        sync: { type: 'boolean', default: false },
        history: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '5' },
        minutes: { type: 'string' },
        check: { type: 'boolean', default: false },
      },
    })
    if (values.sync && values.history) throw new Error('--sync and --history are asked for one by one.')
    return {
      only: values.only,
      contenders: values.contenders?.split(','),
      environments: environmentsOf(values.env),
      sync: values.sync,
      history: values.history,
      rounds: countOf('rounds', values.rounds),
      minutes: values.minutes === undefined ? undefined : countOf('minutes', values.minutes),
      check: values.check,
    }
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

/**
 * @param {string | undefined} name
 * @returns {BenchOptions['environments']}
 */
function environmentsOf(name) {
  if (name === undefined) return ['node', 'chromium']
  if (name === 'node' || name === 'chromium') return [name]
  throw new Error(`--env is node or chromium, not ${name}.`)
}

/**
 * @param {string} option
 * @param {string} text
 */
function countOf(option, text) {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw new Error(`--${option} is a number from 1 to 999, not ${text}.`)
}
