import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { firekeep } from '@firekeep/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FullTextIndex } from './full-text-index.mjs'

const fileOf = name => fileURLToPath(new URL(name, import.meta.url))

let dir
let db

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firekeep-full-text-'))
  db = firekeep('notes', { storage: 'files', dir })
})

afterEach(async () => {
  await db.close()
  await rm(dir, { recursive: true, force: true })
})

/** Runs a command of the README in the folder, and answers the lines that it prints. */
async function run(script, ...args) {
  const options = { cwd: dir, env: { ...process.env, FIREKEEP_DIR: dir } }
  const { stdout } = await promisify(execFile)(process.execPath, [fileOf(script), ...args], options)
  return stdout.trim() === '' ? [] : stdout.trim().split('\n')
}

/** The index as the file has it, whoever wrote it. */
const stored = () => FullTextIndex.open(join(dir, 'notes.index.json'))

/** Resolves when a process says something; rejects when it ends instead. */
async function heard(child) {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process ended with ${code}`)
  })
  await Promise.race([once(child.stdout, 'data'), ended])
  ended.catch(() => undefined)
}

describe('the indexer', () => {
  it('that is killed between two batches goes on where it was: nothing missed, nothing twice', async () => {
    for (let i = 0; i < 30; i++)
      await db.put({ _id: `n${i}`, text: `note ${i} about ${i % 2 ? 'tea' : 'milk'}` })
    const pausing = [fileOf('fixtures/pausing-indexer.mjs'), 'notes', dir, join(dir, 'notes.index.json')]
    const child = spawn(process.execPath, pausing, { stdio: ['ignore', 'pipe', 'inherit'] })
    await heard(child)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await stored()).search('about')).toHaveLength(15)

    await db.del('n1')
    await db.put({ _id: 'n2', text: 'nothing of that kind' })
    await db.put({ _id: 'n29', title: { en: 'last' }, text: 'note about coffee' })
    await writeFile(join(dir, 'notes.index.json.new'), 'torn')
    expect(await run('index.mjs', 'notes', '--once')).toEqual(['18 changes, 29 documents'])
    const index = await stored()
    const found = index.search('about')
    const ids = Array.from({ length: 30 }, (_, i) => `n${i}`).filter(id => id !== 'n1' && id !== 'n2')
    expect(found.sort()).toEqual(ids.sort())
    expect(await run('search.mjs', 'notes', 'coff', 'LAST')).toEqual(['n29'])
    expect(index.search('kind')).toEqual(['n2'])
    expect(await index.catchUp(db)).toBe(0)
  })

  it('follows the writes of another process, and begins anew where its clock was pruned', async () => {
    await db.put({ _id: 'a', text: 'first' })
    const child = spawn(process.execPath, [fileOf('index.mjs'), 'notes'], {
      cwd: dir,
      env: { ...process.env, FIREKEEP_DIR: dir },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await heard(child)
    await db.put({ _id: 'b', text: 'second' })
    await heard(child)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await stored()).search('second')).toEqual(['b'])
    await db.put({ _id: 'a', text: 'changed' })
    await db.put({ _id: 'a', text: 'changed again' })
    await db.prune({ before: await db.clock() })
    const index = await stored()
    await index.catchUp(db)
    expect(index.search('first')).toEqual([])
    expect(index.search('again')).toEqual(['a'])
    expect(index.size).toBe(2)
  })
})
