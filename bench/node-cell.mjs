import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runCell } from './run-cell.mjs'

/** The process of one cell: gets it as a message, answers with its figures, and ends. */
process.once('message', async message => {
  const cell = /** @type {import('./run-cell.mjs').PlacedCell} */ (message)
  const figures = await runCell(cell, {
    usage: () => folderBytes(cell.place.dir),
    memory: readMemory,
    held: undefined,
    countHanded: undefined,
  })
  process.send?.(figures)
  process.disconnect()
})

/** @param {string} dir */
async function folderBytes(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(
    files.map(async file => (await stat(join(file.parentPath, file.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function readMemory() {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed + arrayBuffers, rss }
}
