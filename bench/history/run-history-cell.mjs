/**
 * Runs one contender at one measure, in a place of its own.
 *
 * @param {import('./contenders/history-contender.js').HistoryContender} contender
 * @param {import('./measures/history-measures.mjs').HistoryMeasure} measure
 * @param {import('../contenders/contender.js').Place} place
 */
export async function runHistoryCell(contender, measure, place) {
  const open = await contender.load()
  const session = await open(place)
  try {
    // The plan pairs contenders only with measures whose operations they have.
    return await measure.run(
      /** @type {import('./contenders/history-contender.js').HistorySession} */ (session),
    )
  } finally {
    await session.close()
  }
}
