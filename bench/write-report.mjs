import { judgeTargets } from './judge-targets.mjs'
import { medianFigure } from './median-figure.mjs'

/**
 * @typedef {import('./contenders/contender.js').Contender} Contender
 * @typedef {import('./measures/measures.mjs').Measure} Measure
 * @typedef {import('./median-figure.mjs').CellResult} CellResult
 *
 * @typedef {object} RunResult what `results/<environment>.json` holds
 * @property {import('./conditions.mjs').Conditions} conditions
 * @property {readonly CellResult[]} cells
 */

/**
 * The Markdown of a run: its conditions, the table of medians, the targets.
 *
 * @param {RunResult} result
 * @param {object} known
 * @param {readonly Contender[]} known.contenders
 * @param {readonly Measure[]} known.measures
 * @param {readonly import('./targets.mjs').Target[]} known.targets
 */
export function writeReport({ conditions, cells }, { contenders, measures, targets }) {
  const present = contenders.filter(({ id }) => cells.some(({ contender }) => contender === id))
  const rows = measures.flatMap(measure => measureRows(cells, present, measure))
  const verdicts = judgeTargets(cells, targets, conditions.environment)
  return [
    writeConditions(conditions),
    writeTable(['', ...present.map(({ label }) => label)], rows),
    writeTable(
      ['target', 'at most', 'measured', ''],
      verdicts.map(({ target, measured, outcome }) => [
        targetLabel(target, contenders, measures),
        formatTarget(target.atMost, target, measures),
        formatTarget(measured, target, measures),
        outcome,
      ]),
    ),
  ].join('\n\n')
}

/** @param {import('./conditions.mjs').Conditions} conditions */
function writeConditions({ system, cpu, cores, versions, durability, documentBytes, recordBytes, rounds }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${cpu}, ${cores} cores, ${system}; ${programs.join(', ')}; durability: ${durability}.`,
    `Documents of ${documentBytes} bytes of JSON, sealed to ${recordBytes.put}`,
    `(${recordBytes.bulk} for 1,000 in one call), which is what the floors store. Medians of ${rounds} rounds.`,
  ].join(' ')
}

/**
 * @param {readonly CellResult[]} cells
 * @param {readonly Contender[]} contenders
 * @param {Measure} measure
 */
function measureRows(cells, contenders, measure) {
  const measured = measure.figures.filter(({ id }) =>
    cells.some(cell => cell.measure === measure.id && id in cell.figures),
  )
  return measured.map(figure => [
    `${measure.label}, ${figure.label}`,
    ...contenders.map(({ id }) => {
      const name = { contender: id, measure: measure.id, figure: figure.id }
      const value = medianFigure(cells, name)
      if (value === undefined) return '–'
      const ratio = id === 'floor' ? undefined : medianFigure(cells, name, 'floor')
      return formatFigure(value, figure.unit) + (ratio === undefined ? '' : ` (${formatRatio(ratio)})`)
    }),
  ])
}

/**
 * @param {import('./targets.mjs').Target} target
 * @param {readonly Contender[]} contenders
 * @param {readonly Measure[]} measures
 */
function targetLabel({ measure, figure, against }, contenders, measures) {
  const found = measures.find(({ id }) => id === measure)
  const base = contenders.find(({ id }) => id === against)
  const label = `${found?.label}, ${found?.figures.find(({ id }) => id === figure)?.label}`
  return base === undefined ? label : `${label} ÷ ${base.label}`
}

/**
 * @param {number} value
 * @param {import('./targets.mjs').Target} target
 * @param {readonly Measure[]} measures
 */
function formatTarget(value, { measure, figure, against }, measures) {
  if (against !== undefined) return formatRatio(value)
  const unit = measures.find(({ id }) => id === measure)?.figures.find(({ id }) => id === figure)?.unit
  return formatFigure(value, unit ?? 'ms')
}

/** @param {number} ratio */
function formatRatio(ratio) {
  return `${formatNumber(ratio)} ×`
}

/**
 * @param {number} value
 * @param {import('./measures/measures.mjs').Unit} unit
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
