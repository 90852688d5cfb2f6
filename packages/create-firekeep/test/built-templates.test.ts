import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ROOT } from '../../../scripts/workspace.mjs'
import { withDevServer } from './project-server.js'
import { runCommand } from './run-command.js'

// With what the workspace has installed for the app: a real installation is tested with the smallest template.
describe.each(['chat', 'state-machine'])('a project of the template %s', template => {
  let folder: string
  let project: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `firekeep-${template}-`))
    project = join(folder, 'my-app')
    await succeed([process.execPath, inject('scaffolder'), 'my-app', '-t', template, '--no-install'], folder)
    linkInstalled(join(ROOT, 'apps', template, 'node_modules'), join(project, 'node_modules'))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('type checks and builds', async () => {
    await Promise.all([
      succeed(['npm', 'run', 'typecheck'], project),
      succeed(['npm', 'run', 'build'], project),
    ])
    expect(readdirSync(join(project, 'dist'))).toContain('index.html')
  })

  test('starts with a sync server beside the page', async () => {
    await withDevServer(project, async url => {
      expect((await fetch(url)).status).toBe(200)
      const sync: { url: string } = await (await fetch(`${url}/server.json`)).json()
      expect((await fetch(`${sync.url}/readyz`)).status).toBe(200)
    })
    expect(readdirSync(join(project, '.firekeep'))).toContain('firekeep.sqlite')
  })
})

/** Link by link, so that what a tool writes into `node_modules` stays in the project. */
function linkInstalled(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) {
    if (name.startsWith('@')) linkInstalled(join(from, name), join(to, name))
    else if (!name.startsWith('.') || name === '.bin')
      symlinkSync(join(from, name), join(to, name), 'junction')
  }
}

async function succeed(command: readonly string[], folder: string): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, { folder })
  if (code !== 0) throw new Error(`${command.join(' ')} ended with code ${code}:\n${stdout}${stderr}`)
}
