import { expect, test } from 'vitest'
import { SYNC_CONTENDERS } from './contenders/sync-contenders.mjs'
import { createSyncMeasures, SYNC_COUNTS } from './measures/sync-measures.mjs'
import { runSyncCell } from './run-sync-cell.mjs'
import { SYNC_TARGETS } from './sync-targets.mjs'

/** Each cell starts up to four processes, beside whatever else the machine does. */
const TIME_LIMIT_MS = 120_000

const FEW = {
  documents: 50,
  changes: 3,
  commits: 10,
  missed: 20,
  appends: { clients: 3, milliseconds: 50 },
  connections: 5,
}

/** Firekeep at everything, the others at what most of a device takes part in: each cell starts several processes. */
const CELLS = createSyncMeasures(FEW).flatMap(measure =>
  SYNC_CONTENDERS.filter(({ id }) => id === 'firekeep' || measure.id === 'catch-up').map(
    contender => /** @type {const} */ ([contender.id, measure.id, { contender, measure }]),
  ),
)

test.each(CELLS)(
  '%s runs at %s and gives all its figures',
  async (_contender, _measure, cell) => {
    const figures = await runSyncCell(cell.contender, cell.measure)
    expect(Object.keys(figures)).toEqual(cell.measure.figures.map(({ id }) => id))
    expect(Object.values(figures).filter(value => !Number.isFinite(value))).toEqual([])
  },
  TIME_LIMIT_MS,
)

test('every target names a measure and a figure that there are', () => {
  const measures = createSyncMeasures(SYNC_COUNTS)
  for (const { measure, figure } of SYNC_TARGETS) {
    const figures = measures.find(({ id }) => id === measure)?.figures ?? []
    expect(figures.map(({ id }) => id)).toContain(figure)
  }
})
