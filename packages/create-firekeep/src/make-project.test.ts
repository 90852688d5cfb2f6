import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeProject } from './make-project.js'
import { findTarget } from './target.js'

/** Aborts when it was asked so many times. */
class CountingSignal extends EventTarget implements AbortSignal {
  #left: number
  readonly reason = new Error('stopped')
  readonly onabort = null

  constructor(times: number) {
    super()
    this.#left = times
  }

  get aborted(): boolean {
    return this.#left <= 0
  }

  throwIfAborted(): void {
    if (this.#left > 0) this.#left -= 1
    if (this.aborted) throw this.reason
  }
}

const NEVER = new AbortController().signal
const TEMPLATE = {
  'package.json': JSON.stringify({ name: 'template', dependencies: { react: '19.3.1' } }),
  'README.md': '# {{name}}\n',
  _gitignore: 'node_modules\n',
  'index.html': '<title>{{name}} stays here</title>',
}

let folder: string
let template: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firekeep-make-'))
  template = join(folder, 'template')
  mkdirSync(join(template, 'src'), { recursive: true })
  for (const [name, text] of Object.entries(TEMPLATE)) writeFileSync(join(template, name), text)
  writeFileSync(join(template, 'src/main.ts'), 'export {}\n')
  mkdirSync(join(folder, 'home'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function make(path: string, signal: AbortSignal = NEVER): Promise<void> {
  return makeProject({ template, target: findTarget(join(folder, 'home'), path), signal })
}

function home(path = ''): string[] {
  return readdirSync(join(folder, 'home', path)).sort()
}

test('a project is the template with its name', async () => {
  await make('My notes')
  expect(home()).toEqual(['My notes'])
  expect(home('My notes')).toEqual(['.gitignore', 'README.md', 'index.html', 'package.json', 'src'])
  const read = (file: string) => readFileSync(join(folder, 'home/My notes', file), 'utf8')
  expect(JSON.parse(read('package.json'))).toEqual({ name: 'my-notes', dependencies: { react: '19.3.1' } })
  expect(read('README.md')).toBe('# My notes\n')
  expect(read('index.html')).toBe(TEMPLATE['index.html'])
  expect(statSync(join(folder, 'home/My notes')).mode).toBe(statSync(join(folder, 'home')).mode)
})

test('a project named like one of its dependencies gets another package name', async () => {
  await make('react')
  expect(readFileSync(join(folder, 'home/react/package.json'), 'utf8')).toContain('"react-app"')
})

test('folders on the way to it are made', async () => {
  await make('deep/down/app')
  expect(home('deep/down')).toEqual(['app'])
})

test('an empty folder stays the same one, and its repository is kept', async () => {
  mkdirSync(join(folder, 'home/app/.git'), { recursive: true })
  const { ino } = statSync(join(folder, 'home/app'))
  await make('app')
  expect(home('app')).toEqual(['.git', '.gitignore', 'README.md', 'index.html', 'package.json', 'src'])
  expect(statSync(join(folder, 'home/app')).ino).toBe(ino)
})

test.each([1, 2, 4, 6, 7])('stopped at step %i it leaves nothing', async times => {
  mkdirSync(join(folder, 'home/empty'))
  for (const path of ['app', 'empty', 'deep/down/app']) {
    await expect(make(path, new CountingSignal(times))).rejects.toThrow('stopped')
  }
  expect(home()).toEqual(['empty'])
  expect(home('empty')).toEqual([])
})

test('a template that cannot be used leaves nothing', async () => {
  writeFileSync(join(template, 'package.json'), 'not JSON')
  await expect(make('app')).rejects.toThrow(SyntaxError)
  expect(home()).toEqual([])
})

test('what is made in the same place meanwhile is not overwritten', async () => {
  const target = findTarget(join(folder, 'home'), 'app')
  mkdirSync(join(folder, 'home/app'))
  writeFileSync(join(folder, 'home/app/mine'), '')
  await expect(makeProject({ template, target, signal: NEVER })).rejects.toThrow(
    'The project could not be made: something else has written there meanwhile.',
  )
  expect(home()).toEqual(['app'])
  expect(home('app')).toEqual(['mine'])
})
