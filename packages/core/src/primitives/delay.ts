/** What somebody waits for minutes for is no reason for a process to stay. */
const LONG_MILLISECONDS = 60_000

/**
 * Resolves after some milliseconds, or at once when the signal fires; never rejects. A wait of more than a minute
 * does not keep a process alive.
 */
export function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(done, milliseconds)
    // Only Node has it.
    if (milliseconds > LONG_MILLISECONDS) (timer as { unref?: () => void }).unref?.()
    function done(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    signal?.addEventListener('abort', done)
  })
}
