import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findLayerProblems } from './find-layer-problems.mjs'
import { readLayerTable } from './read-layer-table.mjs'
import { ROOT } from './workspace.mjs'

const packages = foldersOf('packages')
const apps = foldersOf('apps')
/** These run in Node only. */
const FOR_NODE = ['packages/server', 'packages/create-firekeep']

try {
  report(findProblems())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function findProblems() {
  const layers = readLayerTable(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8'))
  const entries = new Map(packages.map(publicEntries))
  return [...packages, ...apps].flatMap(label =>
    findLayerProblems(
      {
        folder: join(ROOT, label),
        label,
        ...(label === 'packages/core' ? { layers } : {}),
        forBrowsers: !FOR_NODE.includes(label),
      },
      entries,
    ),
  )
}

/** @param {readonly string[]} problems */
function report(problems) {
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    console.error(`\n${problems.length} out of place; the layer table is in ARCHITECTURE.md.`)
    process.exitCode = 1
  } else {
    console.log(`Layers: ${packages.length + apps.length} packages, no import out of place.`)
  }
}

/**
 * @param {string} parent
 * @returns {string[]}
 */
function foldersOf(parent) {
  const names = existsSync(join(ROOT, parent)) ? readdirSync(join(ROOT, parent)) : []
  return names.map(name => `${parent}/${name}`).filter(label => existsSync(join(ROOT, label, 'package.json')))
}

/**
 * @param {string} label
 * @returns {[name: string, entries: string[]]}
 */
function publicEntries(label) {
  const { name, exports = {} } = JSON.parse(readFileSync(join(ROOT, label, 'package.json'), 'utf8'))
  return [name, Object.keys(exports).map(entry => name + entry.slice(1))]
}
