/**
 * Milliseconds that `work` takes, from the call until its promise resolves.
 *
 * @param {() => Promise<unknown>} work
 */
export async function timed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}
