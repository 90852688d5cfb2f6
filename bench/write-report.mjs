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
 * @property {readonly Measure[]} measures
 * @property {readonly Target[]} targets
 */

/**
 * The Markdown of a run: its conditions, the table of medians, the targets.
 *
 * @param {RunResult} result
 * @param {Known} known
 */
export function writeReport({ conditions, cells }, known) {
  const parts = [writeConditions(conditions), writeMedians(cells, known)]
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
    `bytes for one and ${recordBytes.bulk} for 1,000 in one call. Medians of ${rounds} rounds; in parentheses the`,
    'median ratio to the floor of the same round.',
  ].join(' ')
}

/**
 * @param {readonly CellResult[]} cells
 * @param {Known} known
 */
function writeMedians(cells, { contenders, measures }) {
  const columns = contenders.filter(({ id }) => cells.some(({ contender }) => contender === id))
  const rows = measures
    .filter(({ id }) => cells.some(({ measure }) => measure === id))
    .flatMap(measure => measure.figures.map(figure => ({ measure, figure })))
  return writeTable(
    ['', ...columns.map(({ label }) => label)],
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
 * @param {readonly CellResult[]} cells
 * @param {import('./median-figure.mjs').FigureName} name
 * @param {Unit} unit
 */
function writeMedian(cells, name, unit) {
  const median = medianFigure(cells, name)
  if (median === undefined) return '–'
  const ratio = name.contender === 'floor' ? undefined : medianFigure(cells, name, 'floor')
  return formatFigure(median, unit) + (ratio === undefined ? '' : ` (${formatRatio(ratio)})`)
}

/**
 * @param {readonly import('./judge-targets.mjs').Verdict[]} verdicts
 * @param {Known} known
 */
function writeVerdicts(verdicts, { contenders, measures }) {
  return writeTable(
    ['Firekeep is to reach', 'at most', 'measured', ''],
    verdicts.map(({ target, measured, outcome }) => {
      const measure = measures.find(({ id }) => id === target.measure)
      const figure = measure?.figures.find(({ id }) => id === target.figure)
      const base = contenders.find(({ id }) => id === target.against)
      const label = `${measure?.label}, ${figure?.label}${base === undefined ? '' : ` ÷ ${base.label}`}`
      /** @param {number} value */
      const format = value =>
        base === undefined && figure ? formatFigure(value, figure.unit) : formatRatio(value)
      return [label, format(target.atMost), format(measured), outcome]
    }),
  )
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
