/** @typedef {import('./measures/measures.mjs').Unit} Unit */

/**
 * A figure with three digits that count and its unit, or a ratio.
 *
 * @param {number} value
 * @param {Unit | '×'} unit
 */
export function formatFigure(value, unit) {
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
