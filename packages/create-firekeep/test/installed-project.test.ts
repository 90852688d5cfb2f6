import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { consumerLockfile } from '../../../scripts/consumer-lockfile.mjs'
import { packedPackage } from '../../../scripts/packed-package.mjs'
import { ROOT } from '../../../scripts/workspace.mjs'
import { withDevServer } from './project-server.js'
import { type Ended, runCommand } from './run-command.js'

const NAME = 'my-app'
const PNPM = join(ROOT, 'node_modules/.bin/pnpm')

describe.skipIf(process.platform === 'win32')(
  'a project of the template minimal, installed by the command',
  () => {
    let folder: string
    let project: string

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'firekeep-installed-'))
      project = join(folder, NAME)
      const env = {
        PATH: [await offlinePnpm(folder), process.env.PATH].join(delimiter),
        npm_config_user_agent: 'pnpm/12.4.2 npm/? node/v20.19.0 linux x64',
      }
      const ended = await runCommand([process.execPath, inject('scaffolder'), NAME, '-t', 'minimal'], {
        folder,
        env,
      })
      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('\n  pnpm dev\n') })
    })

    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    test('builds and type checks', async () => {
      const [built, checked] = await Promise.all([run('build'), run('typecheck')])
      expect(checked).toMatchObject({ code: 0 })
      expect(built).toMatchObject({ code: 0 })
      // What npm itself has to say depends on the machine.
      const output = (built.stdout + built.stderr).replace(/^npm .*/gm, '')
      expect(output).not.toMatch(/warn|externalized/i)
      expect(existsSync(join(project, 'dist/index.html'))).toBe(true)
    })

    test('passes its tests', async () => {
      const { code, stdout } = await run('test')
      expect(stdout).toMatch(/Tests +3 passed/)
      expect(code).toBe(0)
    })

    test('runs', async () => {
      await withDevServer(project, async url => {
        const page = await fetch(url)
        expect(page.status).toBe(200)
        expect(await page.text()).toContain('<title>Notes</title>')
        expect((await fetch(`${url}/src/main.tsx`)).status).toBe(200)
      })
    })

    function run(script: string): Promise<Ended> {
      return runCommand(['npm', 'run', script], { folder: project })
    }
  },
)

/**
 * A folder for the PATH with a pnpm that takes this workspace's packages from archives and all others from the store
 * that the workspace was installed from.
 */
async function offlinePnpm(folder: string): Promise<string> {
  const packed = [await packedPackage('core', folder), await packedPackage('react', folder)]
  const app = JSON.parse(
    readFileSync(join(ROOT, 'packages/create-firekeep/templates/minimal/package.json'), 'utf8'),
  )
  const names = [...Object.keys(app.dependencies), ...Object.keys(app.devDependencies)]
  const { lockfile, overrides } = consumerLockfile({
    workspaceLockfile: readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8'),
    folder: join(folder, NAME),
    packed,
    toolsFrom: 'apps/minimal',
    tools: names.filter(name => packed.every(other => other.name !== name)),
    project: app,
  })
  const bin = join(folder, 'bin')
  mkdirSync(join(bin, 'files'), { recursive: true })
  writeFileSync(join(bin, 'files/pnpm-lock.yaml'), lockfile)
  const settings = { overrides, trustLockfile: true, allowBuilds: { esbuild: false } }
  // JSON is YAML.
  writeFileSync(join(bin, 'files/pnpm-workspace.yaml'), JSON.stringify(settings))
  writeFileSync(
    join(bin, 'pnpm'),
    `#!/bin/sh\ncp '${bin}/files/'* . && exec '${PNPM}' "$@" --frozen-lockfile --prefer-offline\n`,
  )
  chmodSync(join(bin, 'pnpm'), 0o755)
  return bin
}
