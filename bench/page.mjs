import { countHandedBytes } from './page/count-handed-bytes.mjs'
import { heldBytes } from './page/held-bytes.mjs'
import { runCell } from './run-cell.mjs'

if (!crossOriginIsolated) throw new Error('The page is not cross-origin isolated: its clock is too coarse.')

/** The runner calls it in the page of a cell. */
globalThis.runCell = cell =>
  runCell(cell, {
    usage: originBytes,
    memory: () => globalThis.readMemory(),
    held: heldBytes,
    countHanded: countHandedBytes,
  })

async function originBytes() {
  const { usage = 0 } = await navigator.storage.estimate()
  return usage
}
