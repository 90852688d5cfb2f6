import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bootstrap } from './bootstrap.mjs'
import { parseDemoOptions } from './demo-options.mjs'
import { withProgress } from './progress.mjs'
import { run } from './run.mjs'
import { serveFolder } from './serve-folder.mjs'
import { startSyncServer } from './start-sync-server.mjs'
import { isInWorkspace, ROOT } from './workspace.mjs'

const DEFAULT_APP = 'chat'
/**
 * A port for each: what a browser keeps goes by the port, and the chat's service worker would answer for another app.
 *
 * @type {Readonly<Record<string, number | undefined>>}
 */
const PORTS = { chat: 4180, 'state-machine': 4182 }
const APPS = apps()
/** @type {Readonly<Record<string, string | undefined>>} what to do first */
const HINTS = {
  chat: 'Open it in a second browser as well, and invite yourself there with the link or code of a room.',
  'state-machine': `Open it in a second browser as well: the menu at your name invites a colleague.
A worker does the register checks and the thumbnails. Start one in another terminal, in apps/state-machine, with
npm run worker -- '<link>' (the page "Checks" copies that command with the link to your office).`,
}
const USAGE = `npm run demo [-- options] [app]
  --port <number>         where to serve it; without it ${PORTS.chat} (chat) or ${PORTS['state-machine']}, or a free port where that is taken
  --server-port <number>  the port of the sync server; without it 4181, or a free port where that is taken
  --fresh                 a sync server that begins with nothing and keeps nothing
  app                     ${APPS.join(', ')} (default ${DEFAULT_APP})`

try {
  await demo()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function demo() {
  const { app, port, serverPort, isFresh } = parseDemoOptions(process.argv.slice(2), {
    apps: APPS,
    usage: USAGE,
  })
  await bootstrap()
  await withProgress(`Building the ${app}`, () => build(app))
  const sync = await startSyncServer({ port: serverPort, isFresh, module: await loadServer() })
  try {
    const page = await serve(app, port, { '/server.json': JSON.stringify({ url: sync.url }) })
    console.log(greeting({ app, url: page.url, sync, isFresh }))
    const stop = async () => {
      page.close()
      await sync.close()
    }
    // A second signal finds no listener and ends the process at once.
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop)
  } catch (error) {
    await sync.close()
    throw error
  }
}

/** @param {{ app: string, url: string, sync: { url: string, dir: string, isUsualPort: boolean }, isFresh: boolean }} facts */
function greeting({ app, url, sync, isFresh }) {
  const place = isFresh ? 'and keeps nothing' : `and keeps its data, encrypted, in ${sync.dir}`
  const warning = sync.isUsualPort
    ? ''
    : '\nIts usual port is taken: what was made there before waits until it is free again.'
  return `
The Firekeep ${app} is at ${url}
${HINTS[app] ?? 'Open it in a second browser as well.'}
The sync server is at ${sync.url} ${place}.${warning}
Stop both with Ctrl-C.`
}

/** The default one first. */
function apps() {
  const names = readdirSync(join(ROOT, 'apps')).filter(name => isInWorkspace(`apps/${name}/package.json`))
  return [DEFAULT_APP, ...names.filter(name => name !== DEFAULT_APP)]
}

/** @param {string} app */
async function build(app) {
  const filters = [`--filter=@firekeep/${app}`, '--filter=@firekeep/server']
  const { code, output } = await run(['turbo', 'run', 'build', ...filters], { cwd: ROOT })
  if (code !== 0) throw new Error(`${output}\nThe ${app} could not be built; see above.`)
}

/** By its file: it is no dependency of the scripts, which run before anything is installed. */
function loadServer() {
  return import(pathToFileURL(join(ROOT, 'packages', 'server', 'dist', 'index.js')).href)
}

/**
 * @param {string} app
 * @param {number | undefined} port
 * @param {Readonly<Record<string, string>>} texts
 */
async function serve(app, port, texts) {
  const folder = join(ROOT, 'apps', app, 'dist')
  try {
    return await serveFolder(folder, port ?? PORTS[app] ?? 0, texts)
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error)
    if (code === 'EADDRINUSE' && port === undefined) return serveFolder(folder, 0, texts)
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} is in use. Choose another with --port, or leave it out.`)
    if (code === 'EACCES')
      throw new Error(`Port ${port} is not open to this user. Choose one above 1023 with --port.`)
    throw error
  }
}
