import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { consumerLockfile } from './consumer-lockfile.mjs'
import { findChromium } from './find-chromium.mjs'
import { packedPackage } from './packed-package.mjs'
import { run } from './run.mjs'
import { serveFolder } from './serve-folder.mjs'
import { LIBRARIES, ROOT } from './workspace.mjs'

const LIMIT_MS = 120_000
const TOOLS = [
  '@types/react',
  '@types/react-dom',
  '@vitejs/plugin-react',
  'react',
  'react-dom',
  'typescript',
  'vite',
]
const browser = findChromium()

/** @type {string} */
let folder
/** @type {string} */
let app

// One installation for all: the tests below only read it, each writes to an output folder of its own.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firekeep-consumer-'))
  app = join(folder, 'app')
  cpSync(join(ROOT, 'scripts/consumer'), app, { recursive: true })
  writeReadmeExamples()
  await installPacked()
}, LIMIT_MS)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an empty Vite and TypeScript project with the packed packages', { timeout: LIMIT_MS }, () => {
  test('type checks, declarations of the packages and examples of the READMEs included', async () => {
    await succeed(['node_modules/.bin/tsc', '-p', 'tsconfig.json'])
  })

  test('runs one put and one live query in Node', async () => {
    expect(await printedInNode('node')).toBe('packed and installed\n')
  })

  test('runs the example of the README in Node', async () => {
    expect(await printedInNode('readme-core')).toMatch(/^ran-ok$/m)
  })

  test('builds for browsers without a warning', async () => {
    const output = await succeed(['node_modules/.bin/vite', 'build', '--outDir', 'dist-checked'])
    expect(output).not.toMatch(/warn|externalized/i)
  })

  test.skipIf(browser === undefined)('shows what was put through a hook in Chromium', async () => {
    await succeed(['node_modules/.bin/vite', 'build', '--outDir', 'dist-browser'])
    expect(await shownInBrowser(join(app, 'dist-browser'))).toEqual({
      text: 'packed and installed',
      errors: [],
    })
  })
})

async function installPacked() {
  const packed = []
  for (const name of LIBRARIES) packed.push(await packedPackage(name, folder))
  const { lockfile, manifest, overrides } = consumerLockfile({
    workspaceLockfile: readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8'),
    folder: app,
    packed,
    toolsFrom: 'scripts',
    tools: TOOLS,
  })
  mkdirSync(app, { recursive: true })
  writeFileSync(
    join(app, 'package.json'),
    JSON.stringify({ name: 'app', private: true, type: 'module', ...manifest }),
  )
  writeFileSync(
    join(app, 'pnpm-workspace.yaml'),
    stringify({ overrides, trustLockfile: true, allowBuilds: { esbuild: false } }),
  )
  writeFileSync(join(app, 'pnpm-lock.yaml'), lockfile)
  await succeed(['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'])
}

// The three pages that newcomers copy from; the page of the workspace leaves the imports out.
function writeReadmeExamples() {
  const core = example('packages/core/README.md', 'ts')
  writeFileSync(join(app, 'src/readme-core.ts'), `${core}\nstop()\nawait db.close()\n`)
  writeFileSync(join(app, 'src/readme-react.tsx'), example('packages/react/README.md', 'tsx'))
  const imports = `import { firekeep } from '@firekeep/core'\nimport { useLiveQuery } from '@firekeep/react'`
  const types = 'type Task = { type: string; state: string }'
  const root = [imports, types, example('README.md', 'ts'), 'void [id, jobs, stop, docs]\nexport {}']
  writeFileSync(join(app, 'src/readme.ts'), root.join('\n'))
}

/**
 * The first block of code of a page in this language.
 *
 * @param {string} page
 * @param {string} language
 */
function example(page, language) {
  const [, code] = readFileSync(join(ROOT, page), 'utf8').split(`\n\`\`\`${language}\n`)
  if (code === undefined) throw new Error(`${page} has no example in ${language}.`)
  return String(code.split('\n```')[0])
}

/**
 * Builds a module of the project for Node, runs it on an empty folder and answers with what it printed.
 *
 * @param {string} name of the file in `src`, without its ending
 */
async function printedInNode(name) {
  await succeed(['node_modules/.bin/vite', 'build', '--ssr', `src/${name}.ts`, '--outDir', `dist-${name}`])
  return succeed(['node', `dist-${name}/${name}.js`], { FIREKEEP_DIR: join(folder, `data-${name}`) })
}

/**
 * Runs a command in the project, as outside of a test run, and answers with what it printed.
 *
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} [env]
 */
async function succeed(command, env = {}) {
  const { code, output } = await run(command, { cwd: app, env: { NODE_ENV: 'production', ...env } })
  if (code !== 0) throw new Error(`${command.join(' ')} ended with code ${code}:\n${output}`)
  return output
}

/** @param {string} dist */
async function shownInBrowser(dist) {
  const server = await serveFolder(dist, 0)
  const started = await chromium.launch({
    executablePath: String(browser),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  try {
    const page = await started.newPage()
    /** @type {string[]} */
    const errors = []
    page.on('pageerror', error => errors.push(error.message))
    page.on('console', message => message.type() === 'error' && errors.push(message.text()))
    await page.goto(server.url)
    await page.locator('output:not(:empty)').waitFor()
    return { text: await page.locator('output').textContent(), errors }
  } finally {
    await started.close()
    server.close()
  }
}
