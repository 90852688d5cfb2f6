/**
 * Answers the calls that the parent process sends, by methods of an object; ends with the parent.
 *
 * @param {Record<string, (argument: any) => unknown>} methods
 */
export function answerCalls(methods) {
  process.on('disconnect', () => process.exit())
  process.on('message', async message => {
    const { id, method, argument } = /** @type {Call} */ (message)
    try {
      const value = await methods[method]?.(argument)
      process.send?.({ id, value })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
}

/**
 * @typedef {object} Call
 * @property {number} id
 * @property {string} method
 * @property {unknown} argument
 *
 * @typedef {object} Answer
 * @property {number} id
 * @property {any} [value]
 * @property {string} [error]
 */
