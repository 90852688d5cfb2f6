import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../../scripts/workspace.mjs'
import { TEMPLATES } from '../src/templates.js'
import { packScaffolder } from './pack-scaffolder.js'
import { runCommand } from './run-command.js'

const LEFT_OUT = ['node_modules', 'dist', 'test-results', '.turbo']

test('what is changed in an app is in what is packed next', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-edited-'))
  try {
    const apps = join(folder, 'apps')
    for (const { name } of TEMPLATES) copyApp(name, apps)
    const page = join(apps, 'minimal/index.html')
    writeFileSync(page, readFileSync(page, 'utf8').replace('<title>Notes', '<title>Changed notes'))
    process.env.FIREKEEP_APPS = apps
    const scaffolder = await packScaffolder(folder)
    const command = [process.execPath, scaffolder, 'my-app', '-t', 'minimal', '--no-install']
    expect(await runCommand(command, { folder })).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, 'my-app/index.html'), 'utf8')).toContain('<title>Changed notes</title>')
  } finally {
    delete process.env.FIREKEEP_APPS
    rmSync(folder, { recursive: true, force: true })
  }
})

function copyApp(name: string, apps: string): void {
  cpSync(join(ROOT, 'apps', name), join(apps, name), {
    recursive: true,
    filter: path => !LEFT_OUT.includes(basename(path)),
  })
}
