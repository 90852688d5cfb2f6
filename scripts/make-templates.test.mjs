import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyApp } from './copy-app.mjs'
import { makeTemplates } from './make-templates.mjs'
import { templateManifest } from './template-manifest.mjs'
import { ROOT } from './workspace.mjs'

/** @type {string} */
let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firekeep-templates-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the copy of an app', () => {
  /** @param {Readonly<Record<string, string>>} files */
  function copied(files) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, 'app', path, '..'), { recursive: true })
      writeFileSync(join(folder, 'app', path), text)
    }
    const place = join(ROOT, 'apps/some')
    const into = join(folder, 'copy')
    copyApp({ app: join(folder, 'app'), place, into, ignored: ['dist', '*.log'] })
    return into
  }

  test('has no file that the repository leaves out', () => {
    const into = copied({ 'src/a.ts': '', 'src/dist/b.ts': '', 'c.log': '', 'distance.css': '' })
    expect(readdirSync(into, { recursive: true }).sort()).toEqual(['distance.css', 'src', 'src/a.ts'])
  })

  test('brings the scripts of the workspace that it imports, with what those import', () => {
    const into = copied({
      'test/deep/a.ts': `import { run } from '../../../../scripts/run.mjs'\n`,
      'vite.config.ts': `const later = import("../../scripts/find-chromium.mjs")\n`,
    })
    expect(readFileSync(join(into, 'test/deep/a.ts'), 'utf8')).toBe(
      `import { run } from '../../scripts/run.mjs'\n`,
    )
    expect(readFileSync(join(into, 'vite.config.ts'), 'utf8')).toContain(
      `import("./scripts/find-chromium.mjs")`,
    )
    expect(readdirSync(join(into, 'scripts')).sort()).toEqual([
      'find-chromium.d.mts',
      'find-chromium.mjs',
      'run.mjs',
      'workspace.mjs',
    ])
  })

  test('fails where something else outside of the app is imported', () => {
    const files = { 'src/a.ts': `export { x } from '../../../packages/core/src/index.js'\n` }
    expect(() => copied(files)).toThrow('which is not of the app')
  })
})

describe('the manifest of a template', () => {
  const versions = { catalog: { react: '19.3.1' }, workspace: { '@firekeep/core': '1.2.3' } }
  const app = {
    name: '@firekeep/some',
    license: 'MIT',
    scripts: { build: 'vite build', test: 'vitest run' },
    dependencies: { '@firekeep/core': 'workspace:^', react: 'catalog:' },
    devDependencies: {},
  }

  test('has real versions, and nothing that is true of the app only', () => {
    expect(templateManifest(app, versions)).toEqual({
      name: 'some',
      version: '0.0.0',
      scripts: { build: 'vite build', start: 'vite build && vite preview', test: 'vitest run' },
      dependencies: { '@firekeep/core': '^1.2.3', react: '19.3.1' },
      devDependencies: {},
    })
  })

  test('builds first where the tests are of the built app', () => {
    const tested = { ...app, devDependencies: { 'playwright-core': '1.0.0' } }
    expect(templateManifest(tested, versions).scripts).toMatchObject({ test: 'vite build && vitest run' })
  })

  test.each(['catalog:', 'workspace:^', 'file:../other'])(
    'is refused where %s means nothing to others',
    range => {
      expect(() => templateManifest({ ...app, dependencies: { unknown: range } }, versions)).toThrow(
        'unknown',
      )
    },
  )
})

describe('the templates', () => {
  test('take the place of those that were there, as a whole', () => {
    const into = join(folder, 'templates')
    mkdirSync(join(into, 'gone'), { recursive: true })
    makeTemplates({ into })
    expect(readdirSync(folder)).toEqual(['templates'])
    expect(readdirSync(into).sort()).toEqual(['chat', 'minimal', 'state-machine'])
    expect(existsSync(join(into, 'minimal/_gitignore'))).toBe(true)
  })

  test('stay as they were where an app cannot be copied', () => {
    const into = join(folder, 'templates')
    mkdirSync(join(into, 'kept'), { recursive: true })
    cpSync(join(ROOT, 'apps/minimal'), join(folder, 'apps/minimal'), { recursive: true })
    expect(() => makeTemplates({ into, apps: join(folder, 'apps') })).toThrow('chat')
    expect(readdirSync(into)).toEqual(['kept'])
    expect(readdirSync(folder).sort()).toEqual(['apps', 'templates'])
  })
})
