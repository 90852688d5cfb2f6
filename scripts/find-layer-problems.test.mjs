import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { findLayerProblems } from './find-layer-problems.mjs'
import { readLayerTable } from './read-layer-table.mjs'

const TABLE = `
Text before. | 9 | \`ignored/\` |
<!-- layers:start -->
| rank | folder | what |
|--:|---|---|
| 0 | \`errors.ts\` \`primitives/\` | the \`error\` class |
| 1 | \`codec/\` \`storage/\` | |
| 2 | \`state/\` | |
| 3 | \`index.ts\` \`testing/\` | |
<!-- layers:end -->`

const MANIFEST = JSON.stringify({
  name: '@firekeep/core',
  exports: { '.': { default: './dist/index.js' }, './package.json': './package.json' },
})
const ENTRIES = new Map([
  ['@firekeep/core', ['@firekeep/core', '@firekeep/core/package.json']],
  ['@firekeep/react', ['@firekeep/react']],
])

/** @type {string[]} */
const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

describe('the layer table', () => {
  test('is read from between the markers, second column only', () => {
    expect([...readLayerTable(TABLE)]).toEqual([
      ['errors.ts', 0],
      ['primitives/', 0],
      ['codec/', 1],
      ['storage/', 1],
      ['state/', 2],
      ['index.ts', 3],
      ['testing/', 3],
    ])
  })

  test('must exist, have rows and name nothing twice', () => {
    expect(() => readLayerTable('| 0 | `a/` |')).toThrow('must stand between')
    expect(() => readLayerTable('<!-- layers:start --><!-- layers:end -->')).toThrow('no rows')
    expect(() => readLayerTable(TABLE.replace('`state/`', '`codec/`'))).toThrow('codec/ twice')
  })
})

describe('the layer check', () => {
  test('accepts imports that go down, stay in a folder, or take a single file of the same rank', () => {
    const files = {
      'errors.ts': '',
      'primitives/bytes.ts': `import { E } from '../errors.js'`,
      'codec/cid.ts': `import { b } from '../primitives/bytes.js'`,
      'codec/block.ts': `import type { Cid } from './cid.js'`,
      'state/view.ts': `import { Cid } from '../codec/cid.js'\nimport '../storage/storage.js'`,
      'storage/storage.ts': '',
      'index.ts': `export { View } from './state/view.js'`,
    }
    expect(check(files)).toEqual([])
  })

  test.each([
    ['a static import', `import { View } from '../state/view.js'`],
    ['a type import', `import type { View } from '../state/view.js'`],
    ['an inline type import', `import { type View } from '../state/view.js'`],
    ['an export from', `export { View } from '../state/view.js'`],
    ['an export of everything', `export * from '../state/view.js'`],
    ['a type export', `export type { View } from '../state/view.js'`],
    ['a dynamic import', `const view = await import('../state/view.js')`],
    ['an import inside a type', `type View = import('../state/view.js').View`],
    ['an import for its effects', `import '../state/view.js'`],
  ])('finds %s that goes up', (_name, code) => {
    expect(check({ 'codec/cid.ts': `\n${code}`, 'state/view.ts': '' })).toEqual([
      'core/src/codec/cid.ts:2 imports ../state/view.js: upward, from codec/ (rank 1) to state/ (rank 2)',
    ])
  })

  test('takes no import for one that stands in a comment or a string', () => {
    const code = `// import '../state/view.js'\nconst text = "import('../state/view.js')"`
    expect(check({ 'codec/cid.ts': code, 'state/view.ts': '' })).toEqual([])
  })

  test('finds an import of a folder of the same rank', () => {
    expect(check({ 'codec/cid.ts': `import '../storage/storage.js'`, 'storage/storage.ts': '' })).toEqual([
      'core/src/codec/cid.ts:1 imports ../storage/storage.js: sideways, from codec/ to storage/ (both rank 1)',
    ])
  })

  test('finds a folder without a rank, and an import that leads nowhere', () => {
    expect(check({ 'utils/all.ts': `import '../codec/gone.js'` })).toEqual([
      'core/src/utils/all.ts:1 imports ../codec/gone.js: there is no such file',
      'core/src/utils/ is not in the layer table; give it a rank',
    ])
  })

  test('finds a cycle of files once, also one made of types', () => {
    const files = {
      'codec/a.ts': `import './b.js'`,
      'codec/b.ts': `import type { C } from './c.js'`,
      'codec/c.ts': `export * from './a.js'`,
      'codec/d.ts': `import './a.js'`,
    }
    expect(check(files)).toEqual([
      'core/src/codec/a.ts is in a cycle: codec/a.ts -> codec/b.ts -> codec/c.ts -> codec/a.ts',
    ])
  })

  test('finds an import of an entry from inside, by its path or by the name of the package', () => {
    const files = {
      'index.ts': '',
      'state/a.ts': `import '../index.js'`,
      'state/b.ts': `import '@firekeep/core'`,
    }
    const problems = check(files)
    expect(problems).toContain(
      'core/src/state/a.ts:1 imports ../index.js: it is an entry of this package; import the file that has what you need',
    )
    expect(problems).toContain(
      'core/src/state/b.ts:1 imports @firekeep/core: it is this package itself; import the file that has what you need',
    )
  })

  test('finds what is not public of another package, and an import that leaves the package', () => {
    const files = {
      'state/a.ts': `import '@firekeep/react/src/hook.js'`,
      'state/b.ts': `import '../../package.json'`,
      'state/c.ts': `import '@firekeep/react'`,
    }
    expect(check(files)).toEqual([
      'core/src/state/a.ts:1 imports @firekeep/react/src/hook.js: it is not public; the public entries are @firekeep/react',
      'core/src/state/b.ts:1 imports ../../package.json: it leaves the package; import a public entry instead',
    ])
  })

  test('finds a module of Node that browsers would load, and lets types and import() pass', () => {
    const files = {
      'storage/a.ts': `import { open } from 'node:fs/promises'`,
      'storage/b.ts': `import type { Stats } from 'node:fs'\nconst fs = await import('node:fs')`,
      'storage/a.test.ts': `import 'node:fs'`,
    }
    expect(check(files)).toEqual([
      'core/src/storage/a.ts:1 imports node:fs/promises: browsers do not have it; load it with import() where it is needed',
    ])
  })

  test('leaves tests and testing/ free of the ranks', () => {
    const files = {
      'index.ts': '',
      'state/view.ts': '',
      'codec/cid.test.ts': `import '../state/view.js'\nimport '../index.js'`,
      'testing/pair.ts': `import '../index.js'`,
    }
    expect(check(files)).toEqual([])
  })

  test('does not let the library depend on testing/', () => {
    expect(check({ 'state/view.ts': `import '../testing/pair.js'`, 'testing/pair.ts': '' })).toHaveLength(1)
  })
})

/** @param {Record<string, string>} files by path below `src` */
function check(files) {
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-layers-'))
  folders.push(folder)
  writeFileSync(join(folder, 'package.json'), MANIFEST)
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'src', path)), { recursive: true })
    writeFileSync(join(folder, 'src', path), code)
  }
  return findLayerProblems(
    { folder, label: 'core', layers: readLayerTable(TABLE), forBrowsers: true },
    ENTRIES,
  )
}
