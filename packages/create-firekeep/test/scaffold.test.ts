import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { TEMPLATES } from '../src/templates.js'
import { type CommandOptions, type Ended, runCommand } from './run-command.js'

const TEMPLATE_NAMES = TEMPLATES.map(({ name }) => name)
const scaffolder = inject('scaffolder')

let folder: string
let tools: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firekeep-scaffold-'))
  tools = mkdtempSync(join(tmpdir(), 'firekeep-tools-'))
})

afterEach(() => {
  for (const made of [folder, tools]) rmSync(made, { recursive: true, force: true })
})

function create(args: readonly string[], options: Omit<CommandOptions, 'folder'> = {}): Promise<Ended> {
  return runCommand([process.execPath, scaffolder, ...args], { folder, ...options })
}

/** A package manager that does what a shell script says; the calls stand in the file `calls`. */
function standIn(name: string, script: string): Readonly<Record<string, string>> {
  const path = join(tools, name)
  writeFileSync(
    path,
    `#!/bin/sh\necho "$(basename "$PWD"): ${name} $* $NODE_ENV" >> '${join(folder, 'calls')}'\n${script}\n`,
  )
  chmodSync(path, 0o755)
  return { PATH: `${tools}:${process.env.PATH}`, npm_config_user_agent: `${name}/1.0.0 node/v20.19.0` }
}

describe.each(TEMPLATE_NAMES)('the template %s', template => {
  test('is a project that stands for itself', async () => {
    const { code, stdout, stderr } = await create(['my-app', '--template', template, '--no-install'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      '\nYour app is in my-app. Next:\n\n  cd my-app\n  npm install\n  npm run dev\n\nIts tests: npm test\n',
    )
    expect(readdirSync(folder)).toEqual(['my-app'])
    const read = (file: string) => readFileSync(join(folder, 'my-app', file), 'utf8')
    expect(JSON.parse(read('package.json'))).toMatchObject({
      name: 'my-app',
      private: true,
      version: '0.0.0',
    })
    expect(read('package.json')).not.toMatch(/catalog:|workspace:/)
    expect(read('.gitignore')).toMatch(/^node_modules$/m)
    expect(read('README.md')).toMatch(/^# my-app\n\n```sh\nnpm run dev .*\nnpm test /)
    expect(read('tsconfig.json')).not.toContain('extends')
  })
})

describe('the command', () => {
  test.each([
    [[], 'Name a folder and a template, as there is no terminal to ask in'],
    [['my-app'], 'Name a template, as there is no terminal to ask in'],
    [
      ['my-app', '--template', 'chess'],
      'There is no template "chess". Choose one of minimal, chat, state-machine.',
    ],
    [['', '-t', 'minimal'], 'A project needs a name, such as my-app.'],
    [['!!!', '-t', 'minimal'], '"!!!" gives no package name.'],
    [['node_modules', '-t', 'minimal'], '"node_modules" gives no package name.'],
    [['a\nb', '-t', 'minimal'], '"a\\nb" is not the name of a folder.'],
    [['x'.repeat(300), '-t', 'minimal'], 'that name is too long'],
    [['full', '-t', 'minimal'], 'full is not empty (it has mine). Choose another one.'],
    [['full/mine', '-t', 'minimal'], 'full/mine is a file. Choose another name.'],
    [['full/mine/app', '-t', 'minimal'], 'a part of that path is a file'],
    [['.', '-t', 'minimal'], 'The current folder is not empty (it has full). Choose another one.'],
    [['my-app', '--tempate', 'minimal'], "unknown option '--tempate'"],
    [['my-app', 'minimal'], 'npm create firekeep@latest my-app -- --template minimal'],
  ])('%j is refused, and nothing is made', async (args, message) => {
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full/mine'), '')
    const { code, stdout, stderr } = await create(args)
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^error: .*\n/)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['full', 'full/mine'])
  })

  test.skipIf(process.platform !== 'linux')('says where it may not write', async () => {
    const { code, stderr } = await create(['/sys/my-app', '-t', 'minimal'])
    expect(stderr).toMatch(
      /^error: The project could not be made: (you may not write in \/sys|\/sys is on a disk).*\.\n$/,
    )
    expect(code).toBe(1)
  })

  test('tells of itself', async () => {
    const help = await create(['--help'])
    expect(help.stdout).toContain('npm create firekeep@latest my-app -- --template minimal')
    for (const name of TEMPLATE_NAMES) expect(help.stdout).toContain(name)
    expect(await create(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
  })
})

describe.skipIf(process.platform === 'win32')('the installation', () => {
  test.each(['npm', 'pnpm', 'yarn', 'bun'])('is done by %s where that runs the command', async name => {
    const { code, stdout } = await create(['my-app', '-t', 'minimal'], { env: standIn(name, 'exit 0') })
    expect(code).toBe(0)
    expect(stdout).toContain(`Installing dependencies with ${name} …`)
    expect(stdout).not.toContain(`  ${name} install`)
    expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe(`my-app: ${name} install development\n`)
  })

  test('that fails leaves the whole project, and says what to run', async () => {
    const env = standIn('npm', 'echo "npm error code ENOTFOUND" >&2; exit 1')
    const { code, stderr } = await create(['my-app', '-t', 'minimal'], { env })
    expect(code).toBe(1)
    expect(stderr).toBe(
      'npm error code ENOTFOUND\nerror: The dependencies could not be installed: the package registry could not be reached. ' +
        'The project itself is complete. Later:\n  cd my-app\n  npm install\n  npm run dev\n',
    )
    expect(readdirSync(join(folder, 'my-app'))).toContain('package.json')
  })

  test('by a package manager that is not there fails in the same way', async () => {
    const env = { PATH: folder, npm_config_user_agent: 'yarn/1.0.0' }
    const { code, stderr } = await create(['my-app', '-t', 'minimal'], { env })
    expect(code).toBe(1)
    expect(stderr).toContain('could not be installed: yarn was not found.')
  })

  test('that is stopped leaves the whole project', async () => {
    const env = standIn('npm', 'sleep 60')
    const { code, stderr } = await create(['my-app', '-t', 'minimal'], {
      env,
      onOutput: (output, signal) => output.includes('Installing') && signal('SIGINT'),
    })
    expect(code).toBe(130)
    expect(stderr).toContain('could not be installed: it was stopped.')
    expect(readdirSync(folder).filter(name => name !== 'calls')).toEqual(['my-app'])
  })
})
