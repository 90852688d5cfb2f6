import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { bundleInitialChunk } from './bundle-initial-chunk.mjs'

/** @type {string[]} */
const folders = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

describe('the initial chunk', () => {
  test('has what is imported statically, also where a lazy part shares it, and not the lazy part', async () => {
    const { names, parts, text } = await bundle({
      'index.js': `import { shared } from './shared.js'\nexport const late = () => import('./late.js')\nexport { shared }`,
      'shared.js': `export const shared = () => 'shared by both'`,
      'late.js': `import { shared } from './shared.js'\nexport const both = shared() + 'only later'`,
    })
    expect(names.length).toBe(2)
    expect(text).toContain('shared by both')
    expect(text).not.toContain('only later')
    expect(parts[0]?.name).toBe('fixture')
  })

  test('leaves React out, and what Node loads by import()', async () => {
    const { text } = await bundle({
      'index.js': `import { useState } from 'react'\nexport const use = useState\nexport const fs = () => import('node:fs')`,
    })
    expect(text).toMatch(/from\s*"react"/)
    expect(text).toContain('node:fs')
  })
})

/** @param {Record<string, string>} files of a package */
async function bundle(files) {
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-size-'))
  folders.push(folder)
  const fixture = join(folder, 'node_modules/fixture')
  mkdirSync(fixture, { recursive: true })
  writeFileSync(
    join(fixture, 'package.json'),
    '{ "type": "module", "exports": "./index.js", "sideEffects": false }',
  )
  for (const [name, code] of Object.entries(files)) writeFileSync(join(fixture, name), code)
  const { names, parts } = await bundleInitialChunk(['fixture'], folder, join(folder, 'dist'))
  return {
    names,
    parts,
    text: names.map(name => readFileSync(join(folder, 'dist/initial', name), 'utf8')).join('\n'),
  }
}
