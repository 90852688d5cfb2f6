import { CONTENDERS } from './contenders/contenders.mjs'
import { MEASURES } from './measures/measures.mjs'

/**
 * @typedef {object} Cell one contender at one measure, in one round
 * @property {number} round from 1
 * @property {string} contender
 * @property {string} measure
 *
 * @typedef {Cell & { readonly place: import('./contenders/contender.js').Place }} PlacedCell
 */

/**
 * Measures a cell; the process or page it runs in serves no other.
 *
 * @param {PlacedCell} cell
 * @param {() => Promise<number>} usage bytes stored in the cell's place
 * @returns {Promise<Readonly<Record<string, number>>>} the figures of the measure
 */
export async function runCell({ contender: contenderId, measure: measureId, place }, usage) {
  const contender = mustFind(CONTENDERS, contenderId)
  const measure = mustFind(MEASURES, measureId)
  // The plan pairs contenders only with measures whose operations they have.
  const open = async () =>
    /** @type {import('./contenders/contender.js').Session} */ (await contender.open(place))
  return measure.run({ open, usage })
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
