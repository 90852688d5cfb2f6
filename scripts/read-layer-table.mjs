const START = '<!-- layers:start -->'
const END = '<!-- layers:end -->'

/** @typedef {ReadonlyMap<string, number>} LayerTable the rank of each folder (`state/`) and file (`errors.ts`) */

/**
 * Reads the layer table out of a Markdown page: the rows between `<!-- layers:start -->` and
 * `<!-- layers:end -->`, whose first column is the rank and whose second names folders and files in backticks.
 *
 * Throws where the markers or the rows are missing, or a name stands twice.
 *
 * @param {string} markdown
 * @returns {LayerTable}
 */
export function readLayerTable(markdown) {
  const start = markdown.indexOf(START)
  const end = markdown.indexOf(END)
  if (start < 0 || end < start) throw new Error(`The layer table must stand between ${START} and ${END}.`)
  const rankByName = new Map()
  for (const row of markdown.slice(start, end).split('\n')) {
    const [, rank = '', names = ''] = row.split('|').map(cell => cell.trim())
    if (!/^\d+$/.test(rank)) continue
    for (const [, name] of names.matchAll(/`([^`]+)`/g)) {
      if (rankByName.has(name)) throw new Error(`The layer table names ${name} twice.`)
      rankByName.set(name, Number(rank))
    }
  }
  if (rankByName.size === 0) throw new Error('The layer table has no rows.')
  return rankByName
}
