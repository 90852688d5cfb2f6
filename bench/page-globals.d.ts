import type { PlacedCell } from './run-cell.mjs'

declare global {
  /** What the page of a cell offers to the runner. */
  var runCell: (cell: PlacedCell) => Promise<Readonly<Record<string, number>>>
}
