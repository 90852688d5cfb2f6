import { writeTables } from './write-tables.mjs'

/**
 * @typedef {object} RunResult what `results/<environment>.json` holds
 * @property {import('./conditions.mjs').Conditions} conditions
 * @property {readonly import('./median-figure.mjs').CellResult[]} cells
 */

/**
 * The Markdown of a run: its conditions, a table of medians for each group of measures, the targets.
 *
 * @param {RunResult} result
 * @param {import('./write-tables.mjs').Known} known
 */
export function writeReport({ conditions, cells }, known) {
  return [writeConditions(conditions), ...writeTables(cells, known, conditions.environment)].join('\n\n')
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
