import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bootstrap } from './bootstrap.mjs'
import { withProgress } from './progress.mjs'
import { run } from './run.mjs'
import { serveFolder } from './serve-folder.mjs'
import { isInWorkspace, ROOT } from './workspace.mjs'

const DEFAULT_APP = 'chat'
const DEFAULT_PORT = 4180
const USAGE = `npm run demo [-- options] [app]
  --port <number>  where to serve it; without it ${DEFAULT_PORT}, or a free port where that is taken
  app              ${apps().join(', ')} (default ${DEFAULT_APP})`

try {
  await demo()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function demo() {
  const { app, port } = parseOptions()
  await bootstrap()
  await withProgress(`Building the ${app}`, () => build(app))
  const server = await serve(app, port)
  console.log(`\nThe Firekeep ${app} is at ${server.url}\nStop it with Ctrl-C.`)
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close())
}

/** @returns {{ app: string, port: number | undefined }} */
function parseOptions() {
  const { values, positionals } = parseArguments()
  const app = positionals[0] ?? DEFAULT_APP
  if (positionals.length > 1 || !apps().includes(app))
    throw new Error(`There is no demo "${positionals.join(' ')}".\n\n${USAGE}`)
  if (values.port === undefined) return { app, port: undefined }
  const port = Number(values.port)
  const isPort = /^\d+$/.test(values.port) && port >= 1 && port <= 65_535
  if (!isPort) throw new Error(`"${values.port}" is not a port: it is a number from 1 to 65535.\n\n${USAGE}`)
  return { app, port }
}

function parseArguments() {
  try {
    return parseArgs({ options: { port: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}

function apps() {
  return readdirSync(join(ROOT, 'apps')).filter(name => isInWorkspace(`apps/${name}/package.json`))
}

/** @param {string} app */
async function build(app) {
  const { code, output } = await run(['turbo', 'run', 'build', `--filter=@firekeep/${app}`], { cwd: ROOT })
  if (code !== 0) throw new Error(`${output}\nThe ${app} could not be built; see above.`)
}

/**
 * @param {string} app
 * @param {number | undefined} port
 */
async function serve(app, port) {
  const folder = join(ROOT, 'apps', app, 'dist')
  try {
    return await serveFolder(folder, port ?? DEFAULT_PORT)
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'EADDRINUSE' && port === undefined) return serveFolder(folder, 0)
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} is in use. Choose another with --port, or leave it out.`)
    if (code === 'EACCES')
      throw new Error(`Port ${port} is not open to this user. Choose one above 1023 with --port.`)
    throw error
  }
}
