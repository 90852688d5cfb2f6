import { judgeTargets } from './judge-targets.mjs'
import { medianFigure } from './median-figure.mjs'

/**
 * @typedef {import('./contenders/contender.js').Contender} Contender
 * @typedef {import('./measures/measures.mjs').Measure} Measure
 * @typedef {import('./measures/measures.mjs').Unit} Unit
 * @typedef {import('./median-figure.mjs').CellResult} CellResult
 * @typedef {import('./targets.mjs').Target} Target
 *
 * @typedef {object} RunResult what `results/<environment>.json` holds
 * @property {import('./conditions.mjs').Conditions} conditions
 * @property {readonly CellResult[]} cells
 *
 * @typedef {object} Known
 * @property {readonly Contender[]} contenders
 * @property {readonly Described[]} measures
 * @property {readonly Target[]} targets
 *
 * @typedef {Pick<Measure, 'id' | 'label' | 'group' | 'figures'>} Described
 */

/**
 * The Markdown of a run: its conditions, a table of medians for each group of measures, the targets.
 *
 * @param {RunResult} result
 * @param {Known} known
 */
export function writeReport({ conditions, cells }, known) {
  const parts = [writeConditions(conditions)]
  for (const group of new Set(known.measures.map(measure => measure.group))) {
    const measures = known.measures.filter(measure => measure.group === group)
    const ofGroup = cells.filter(cell => measures.some(({ id }) => id === cell.measure))
    if (ofGroup.length > 0) parts.push(writeMedians(group, ofGroup, { ...known, measures }))
  }
  const verdicts = judgeTargets(cells, known.targets, conditions.environment)
  if (verdicts.length > 0) parts.push(writeVerdicts(verdicts, known))
  return parts.join('\n\n')
}

/** @param {import('./conditions.mjs').Conditions} conditions */
function writeConditions({ system, cpu, cores, versions, durability, documentBytes, recordBytes, rounds }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${cpu}, ${cores} cores, ${system}; ${programs.join(', ')}; durability: ${durability}.`,
    `Documents of ${documentBytes} bytes of JSON; the floors store what Firekeep makes of them, ${recordBytes.put}`,
    `bytes for one and ${recordBytes.bulk} for 1,000 in one call. Medians of ${rounds} rounds, of 3 at most where it`,
    'takes long; in parentheses the median ratio to the floor of the same round.',
  ].join(' ')
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
  return formatFigure(median, unit) + (ratio === undefined ? '' : ` (${formatRatio(ratio)})`)
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
      const format = value =>
        target.against === undefined && figure ? formatFigure(value, figure.unit) : formatRatio(value)
      return [writeTarget(target, known), format(target.atMost), format(measured), outcome]
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

/** @param {number} ratio */
function formatRatio(ratio) {
  return `${formatNumber(ratio)} ×`
}

/**
 * @param {number} value
 * @param {Unit} unit
 */
function formatFigure(value, unit) {
  return unit === 'bytes per byte' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}

/**
 * Three digits that count, thousands grouped.
 *
 * @param {number} value
 */
function formatNumber(value) {
  return value.toLocaleString(
    'en',
    value < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  )
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 */
function writeTable(head, rows) {
  /** @param {readonly string[]} cells */
  const line = cells => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}
