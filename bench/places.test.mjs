import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Places } from './places.mjs'

/** @type {() => Promise<{ places: Places, fillings: string[] }>} */
async function openPlaces() {
  /** @type {string[]} */
  const fillings = []
  const places = await Places.open(async (contender, documents, dir) => {
    fillings.push(`${contender} ${documents}`)
    if (contender === 'slow') throw new Error('gave up')
    await writeFile(join(dir, 'data'), `${documents} of ${contender}`)
  })
  onTestFinished(() => places.close())
  return { places, fillings }
}

test('a cell without documents gets an empty folder, which is gone afterwards', async () => {
  const { places, fillings } = await openPlaces()
  const dir = await places.lend('dexie', 0, async dir => {
    expect(await readdir(dir)).toEqual([])
    return dir
  })
  expect(existsSync(dir)).toBe(false)
  expect(fillings).toEqual([])
})

test('a folder is filled once for each contender and size, and no cell sees what another wrote in its copy', async () => {
  const { places, fillings } = await openPlaces()
  for (const documents of [10, 10, 20]) {
    await places.lend('dexie', documents, async dir => {
      expect(await readFile(join(dir, 'data'), 'utf8')).toBe(`${documents} of dexie`)
      await writeFile(join(dir, 'data'), 'changed')
    })
  }
  expect(fillings).toEqual(['dexie 10', 'dexie 20'])
})

test('a filling that failed is not tried again', async () => {
  const { places, fillings } = await openPlaces()
  for (let i = 0; i < 2; i++) {
    await expect(places.lend('slow', 10, async () => {})).rejects.toThrow('gave up')
  }
  expect(fillings).toEqual(['slow 10'])
})
