import { formatFigure } from './format-figure.mjs'
import { judgeTargets } from './judge-targets.mjs'
import { medianFigure } from './median-figure.mjs'
import { writeTable } from './write-table.mjs'

/**
 * @typedef {import('./measures/measures.mjs').Unit} Unit
 * @typedef {import('./median-figure.mjs').CellResult} CellResult
 * @typedef {import('./targets.mjs').Target} Target
 *
 * @typedef {object} Known
 * @property {readonly Labelled[]} contenders
 * @property {readonly Described[]} measures
 * @property {readonly Target[]} targets
 *
 * @typedef {{ readonly id: string, readonly label: string }} Labelled
 *
 * @typedef {object} Described what the tables say of a measure
 * @property {string} id
 * @property {string} label
 * @property {string} group
 * @property {readonly (Labelled & { readonly unit: Unit })[]} figures
 */

/**
 * A table of medians for each group of measures, and the targets.
 *
 * @param {readonly CellResult[]} cells
 * @param {Known} known
 * @param {import('./contenders/contender.js').EnvironmentName} environment
 * @returns {string[]}
 */
export function writeTables(cells, known, environment) {
  const parts = []
  for (const group of new Set(known.measures.map(measure => measure.group))) {
    const measures = known.measures.filter(measure => measure.group === group)
    const ofGroup = cells.filter(cell => measures.some(({ id }) => id === cell.measure))
    if (ofGroup.length > 0) parts.push(writeMedians(group, ofGroup, { ...known, measures }))
  }
  const verdicts = judgeTargets(cells, known.targets, environment)
  if (verdicts.length > 0) parts.push(writeVerdicts(verdicts, known))
  return parts
}

/**
 * @param {string} title
 * @param {readonly CellResult[]} cells
 * @param {Pick<Known, 'contenders' | 'measures'>} known
 */
function writeMedians(title, cells, { contenders, measures }) {
  const columns = contenders.filter(({ id }) => cells.some(({ contender }) => contender === id))
  const rows = measures
    .filter(({ id }) => cells.some(({ measure }) => measure === id))
    .flatMap(measure => measure.figures.map(figure => ({ measure, figure })))
    .filter(({ measure, figure }) => cells.some(cell => cell.measure === measure.id && isIn(cell, figure.id)))
  return writeTable(
    [title, ...columns.map(({ label }) => label)],
    rows.map(({ measure, figure }) => [
      `${measure.label}, ${figure.label}`,
      ...columns.map(({ id }) => {
        const name = { contender: id, measure: measure.id, figure: figure.id }
        return writeMedian(cells, name, figure.unit)
      }),
    ]),
  )
}

/**
 * @param {CellResult} cell
 * @param {string} figure
 */
function isIn(cell, figure) {
  return cell.note !== undefined || figure in cell.figures
}

/**
 * @param {readonly CellResult[]} cells
 * @param {import('./median-figure.mjs').FigureName} name
 * @param {Unit} unit
 */
function writeMedian(cells, name, unit) {
  const median = medianFigure(cells, name)
  if (median === undefined) return noteOf(cells, name) ?? '–'
  const base = { ...name, contender: 'floor' }
  const ratio = name.contender === 'floor' ? undefined : medianFigure(cells, name, base)
  return formatFigure(median, unit) + (ratio === undefined ? '' : ` (${formatFigure(ratio, '×')})`)
}

/**
 * @param {readonly CellResult[]} cells
 * @param {import('./median-figure.mjs').FigureName} name
 */
function noteOf(cells, { contender, measure }) {
  const note = cells.find(each => each.contender === contender && each.measure === measure && each.note)?.note
  if (note === undefined) return undefined
  return note.startsWith('gave up') ? note : 'failed'
}

/**
 * @param {readonly import('./judge-targets.mjs').Verdict[]} verdicts
 * @param {Known} known
 */
function writeVerdicts(verdicts, known) {
  return writeTable(
    ['Firekeep is to reach', 'at most', 'measured', ''],
    verdicts.map(({ target, measured, outcome }) => {
      const figure = findFigure(target, known)
      /** @param {number} value */
      const format = value => formatFigure(value, target.against === undefined && figure ? figure.unit : '×')
      const { atMost = 0, atLeast } = target
      const bound = atLeast === undefined ? format(atMost) : `at least ${format(atLeast)}`
      return [writeTarget(target, known), bound, format(measured), outcome]
    }),
  )
}

/**
 * @param {Target} target
 * @param {Known} known
 */
function writeTarget(target, known) {
  const { against } = target
  const label = labelOf(target, known)
  if (against === undefined) return label
  const base = known.contenders.find(({ id }) => id === against.contender)?.label
  const isSameFigure = against.measure === undefined && against.figure === undefined
  const figure = isSameFigure ? undefined : labelOf({ ...target, ...against }, known)
  return `${label} ÷ ${[base, figure].filter(part => part !== undefined).join(': ')}`
}

/**
 * @param {Pick<Target, 'measure' | 'figure'>} name
 * @param {Known} known
 */
function labelOf(name, known) {
  const measure = known.measures.find(({ id }) => id === name.measure)
  return `${measure?.label}, ${findFigure(name, known)?.label}`
}

/**
 * @param {Pick<Target, 'measure' | 'figure'>} name
 * @param {Known} known
 */
function findFigure({ measure, figure }, { measures }) {
  return measures.find(({ id }) => id === measure)?.figures.find(({ id }) => id === figure)
}
