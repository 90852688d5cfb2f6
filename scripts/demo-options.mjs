import { parseArgs } from 'node:util'

/**
 * @typedef {object} DemoOptions
 * @property {string} app
 * @property {number | undefined} port where the app is served; `undefined`: the usual one or a free one
 * @property {number | undefined} serverPort the same for the sync server
 * @property {boolean} isFresh whether nothing is kept
 */

/**
 * Reads the options of the demo.
 *
 * @param {readonly string[]} args
 * @param {{ apps: readonly string[], usage: string }} known the first app is the default
 * @returns {DemoOptions}
 */
export function parseDemoOptions(args, { apps, usage }) {
  const { values, positionals } = parseArguments(args, usage)
  const [app = apps[0]] = positionals
  if (app === undefined || positionals.length > 1 || !apps.includes(app))
    throw new Error(`There is no demo "${positionals.join(' ')}".\n\n${usage}`)
  return {
    app,
    port: parsePort(values.port, usage),
    serverPort: parsePort(values['server-port'], usage),
    isFresh: values.fresh === true,
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} usage
 */
function parseArguments(args, usage) {
  try {
    return parseArgs({
      args: [...args],
      options: { port: { type: 'string' }, 'server-port': { type: 'string' }, fresh: { type: 'boolean' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}

/**
 * @param {string | undefined} text
 * @param {string} usage
 */
function parsePort(text, usage) {
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new Error(`"${text}" is not a port: it is a number from 1 to 65535.\n\n${usage}`)
}
