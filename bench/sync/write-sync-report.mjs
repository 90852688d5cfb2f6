import { formatFigure } from '../format-figure.mjs'
import { medianFigure } from '../median-figure.mjs'
import { writeTable } from '../write-table.mjs'
import { writeTables } from '../write-tables.mjs'

/**
 * @typedef {import('../median-figure.mjs').CellResult} CellResult
 * @typedef {import('../write-tables.mjs').Known} Known
 *
 * @typedef {object} SyncResult what `results/sync.json` holds
 * @property {import('./sync-conditions.mjs').SyncConditions} conditions
 * @property {readonly CellResult[]} cells
 */

/**
 * The Markdown of a run: its conditions, the medians, how Firekeep compares with each peer, the targets.
 *
 * @param {SyncResult} result
 * @param {Known} known
 */
export function writeSyncReport({ conditions, cells }, known) {
  const tables = writeTables(cells, known, 'node')
  const ratios = writeRatios(cells, known)
  const hasVerdicts = known.targets.length > 0 && tables.at(-1)?.startsWith('| Firekeep is to reach')
  const at = hasVerdicts ? -1 : tables.length
  const all = [...tables.slice(0, at), ...ratios, ...tables.slice(at)]
  return [writeConditions(conditions), ...all].join('\n\n')
}

/** @param {import('./sync-conditions.mjs').SyncConditions} conditions */
function writeConditions({ cpu, cores, system, versions, documentBytes, rounds }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${cpu}, ${cores} cores, ${system}; ${programs.join(', ')}. Documents of ${documentBytes} bytes of JSON. Medians`,
    `of ${rounds} rounds, of 3 at most where it takes long; in parentheses the median ratio to the floor of the same`,
    'round.',
  ].join(' ')
}

/**
 * @param {readonly CellResult[]} cells
 * @param {Known} known
 * @returns {string[]}
 */
function writeRatios(cells, { contenders, measures }) {
  const peers = contenders.filter(({ id }) => !['floor', 'firekeep'].includes(id))
  const rows = measures.flatMap(measure =>
    measure.figures.map(figure => {
      const ratios = peers.map(({ id }) => {
        const name = { contender: 'firekeep', measure: measure.id, figure: figure.id }
        return medianFigure(cells, name, { ...name, contender: id })
      })
      return { label: `${measure.label}, ${figure.label}`, ratios }
    }),
  )
  const known = rows.filter(({ ratios }) => ratios.some(ratio => ratio !== undefined))
  if (known.length === 0) return []
  return [
    writeTable(
      ['Firekeep ÷', ...peers.map(({ label }) => label)],
      known.map(({ label, ratios }) => [
        label,
        ...ratios.map(ratio => (ratio === undefined ? '–' : formatFigure(ratio, '×'))),
      ]),
    ),
  ]
}
