import type { Figures, Memory } from './measures/measures.mjs'
import type { PlacedCell } from './run-cell.mjs'

declare global {
  /** What the page of a cell offers to the runner. */
  var runCell: (cell: PlacedCell) => Promise<Figures>
  /** What the runner offers to the page. */
  var readMemory: () => Promise<Memory>
}
