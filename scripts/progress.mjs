const TICK_MS = 1000

/**
 * Shows that something is going on while `work` runs: on a terminal one line that counts the seconds, elsewhere
 * a line at the start and one at the end. Answers with what `work` answers.
 *
 * @template T
 * @param {string} label what is being done, such as `Installing dependencies`
 * @param {() => Promise<T>} work
 * @param {NodeJS.WriteStream} [out]
 * @returns {Promise<T>}
 */
export async function withProgress(label, work, out = process.stderr) {
  const start = performance.now()
  const seconds = () => Math.round((performance.now() - start) / 1000)
  if (!out.isTTY) out.write(`${label} …\n`)
  const show = () => out.isTTY && out.write(`\r${label} … ${seconds()} s`)
  const timer = setInterval(show, TICK_MS)
  show()
  try {
    const result = await work()
    out.write(`${out.isTTY ? '\r' : ''}${label}: done in ${seconds()} s\n`)
    return result
  } catch (error) {
    out.write(`${out.isTTY ? '\r' : ''}${label}: failed after ${seconds()} s\n`)
    throw error
  } finally {
    clearInterval(timer)
  }
}
