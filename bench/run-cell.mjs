import { CONTENDERS } from './contenders/contenders.mjs'
import { HISTORY_CONTENDERS } from './history/contenders/history-contenders.mjs'
import { createHistoryMeasures, HISTORY_COUNTS } from './history/measures/history-measures.mjs'
import { runHistoryCell } from './history/run-history-cell.mjs'
import { fill } from './measures/fill.mjs'
import { MEASURES } from './measures/measures.mjs'

/**
 * @typedef {import('./measures/measures.mjs').CellTools} CellTools
 * @typedef {import('./contenders/contender.js').Session} Session
 *
 * @typedef {object} Cell one contender at one measure, in one round
 * @property {number} round from 1
 * @property {string} contender
 * @property {string} measure
 * @property {'history'} [suite] that the names are of; without, the one of what all do
 *
 * @typedef {object} Filling stores documents for cells of other processes
 * @property {string} contender
 * @property {number} documents
 *
 * @typedef {(Cell | Filling) & { readonly place: import('./contenders/contender.js').Place }} PlacedCell
 */

/**
 * Measures a cell; the process or page it runs in serves no other.
 *
 * @param {PlacedCell} cell
 * @param {Omit<CellTools, 'open'>} tools
 * @returns {Promise<import('./measures/measures.mjs').Figures>} the figures of the measure
 */
export async function runCell(cell, tools) {
  if ('suite' in cell) return runCellOfHistory(cell)
  const contender = mustFind(CONTENDERS, cell.contender)
  const measure = 'measure' in cell ? mustFind(MEASURES, cell.measure) : undefined
  const openIn = measure?.timesLoading ? undefined : await contender.load()
  const open = async () => {
    const opened = await (openIn ?? (await contender.load()))(cell.place)
    // The plan pairs contenders only with measures whose operations they have.
    return /** @type {Session} */ (opened)
  }
  if (measure !== undefined) return measure.run({ ...tools, open })
  const session = await open()
  await fill(session, /** @type {Filling} */ (cell).documents, contender.fillBatch)
  await session.close()
  return {}
}

/** @param {Cell & { readonly place: import('./contenders/contender.js').Place }} cell */
function runCellOfHistory({ contender, measure, place }) {
  const measures = createHistoryMeasures(HISTORY_COUNTS)
  return runHistoryCell(mustFind(HISTORY_CONTENDERS, contender), mustFind(measures, measure), place)
}

/**
 * @template {{ readonly id: string }} T
 * @param {readonly T[]} list
 * @param {string} id
 */
function mustFind(list, id) {
  const found = list.find(item => item.id === id)
  if (found === undefined) throw new Error(`There is nothing by the name ${id}.`)
  return found
}
