import { runCell } from './run-cell.mjs'

if (!crossOriginIsolated) throw new Error('The page is not cross-origin isolated: its clock is too coarse.')

/** The runner calls it in the page of a cell. */
globalThis.runCell = cell => runCell(cell, originBytes)

async function originBytes() {
  const { usage = 0 } = await navigator.storage.estimate()
  return usage
}
