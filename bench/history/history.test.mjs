import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MEASURES } from '../measures/measures.mjs'
import { HISTORY_CONTENDERS } from './contenders/history-contenders.mjs'
import { HISTORY_TARGETS } from './history-targets.mjs'
import { createHistoryMeasures, HISTORY_COUNTS } from './measures/history-measures.mjs'
import { runHistoryCell } from './run-history-cell.mjs'

/** A cell takes a fraction of a second where nothing else runs. */
const TIME_LIMIT_MS = 60_000

const FEW = {
  versions: 20,
  past: { documents: 200, commits: 20 },
  forked: 200,
  differences: 3,
  merged: { documents: 200, commits: 20 },
  verified: 30,
  fileBytes: 3_000_000,
}

const CELLS = createHistoryMeasures(FEW).flatMap(measure =>
  HISTORY_CONTENDERS.filter(({ operations }) => measure.needs.every(need => operations.includes(need))).map(
    contender => /** @type {const} */ ([contender.id, measure.id, { contender, measure }]),
  ),
)

test.each(CELLS)(
  '%s runs at %s and gives all its figures',
  async (_contender, _measure, { contender, measure }) => {
    const dir = await mkdtemp(join(tmpdir(), 'firekeep-bench-history-'))
    try {
      const place = {
        environment: /** @type {const} */ ('node'),
        dir,
        recordBytes: { put: 900, bulk: 400_000 },
      }
      const figures = await runHistoryCell(contender, measure, place)
      expect(Object.keys(figures)).toEqual(measure.figures.map(({ id }) => id))
      expect(Object.values(figures).filter(value => !(value > 0 && Number.isFinite(value)))).toEqual([])
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
  TIME_LIMIT_MS,
)

test('each session has the operations that its contender names, and no other', async () => {
  const place = {
    environment: /** @type {const} */ ('node'),
    dir: tmpdir(),
    recordBytes: { put: 9, bulk: 9 },
  }
  for (const { id, operations, load } of HISTORY_CONTENDERS.filter(each => each.id !== 'floor')) {
    const session = await (await load())(place)
    expect([id, Object.keys(session).sort()]).toEqual([id, [...operations, 'close'].sort()])
    await session.close()
  }
})

test('every target names a measure and a figure that there are', () => {
  const measures = createHistoryMeasures(HISTORY_COUNTS)
  for (const { measure, figure } of HISTORY_TARGETS) {
    const figures = measures.find(({ id }) => id === measure)?.figures ?? []
    expect(figures.map(({ id }) => id)).toContain(figure)
  }
})

test('no measure has the name of one for which places are filled', () => {
  const ids = createHistoryMeasures(HISTORY_COUNTS).map(({ id }) => id)
  expect(MEASURES.filter(({ id }) => ids.includes(id))).toEqual([])
})

test.each([
  ['a query of the past that shows what came later', 'past-query', 'queryPast', async () => async () => []],
  ['a history that lacks a version', 'document-history', 'listVersions', async () => async () => []],
  ['a difference that is not found', 'diff', 'diff', async () => async () => []],
  ['a commit that is not merged', 'merge', 'merge', async () => async () => async () => undefined],
  ['a fork that lacks a document', 'fork', 'fork', async () => async () => async () => undefined],
  ['a commit that is not checked', 'verify', 'verify', async () => async () => FEW.verified - 1],
  ['a byte that is lost', 'file', 'file', async () => ({ store: async () => {}, load: async () => 1 })],
])('%s gives no figure', async (_what, id, operation, broken) => {
  const measure = createHistoryMeasures(FEW).find(each => each.id === id)
  const session = /** @type {any} */ ({ [operation]: broken })
  await expect(measure?.run(session)).rejects.toThrow()
})
