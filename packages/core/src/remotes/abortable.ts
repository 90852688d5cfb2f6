import { FirekeepError } from '../errors.js'

type Signals = readonly (AbortSignal | undefined)[]

/**
 * Runs `task` until it ends or one of the signals fires; then it rejects with `ABORTED` at once, and the task is told
 * by its own signal. (`AbortSignal.any` is too young.)
 */
export async function abortable<T>(signals: Signals, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const fired = signals.find(signal => signal?.aborted)
  if (fired !== undefined) throw aborted(fired)
  const controller = new AbortController()
  const ends: (() => void)[] = []
  const stopped = new Promise<never>((_, reject) => {
    for (const signal of signals) {
      if (signal === undefined) continue
      const stop = (): void => {
        reject(aborted(signal))
        controller.abort(signal.reason)
      }
      signal.addEventListener('abort', stop)
      ends.push(() => signal.removeEventListener('abort', stop))
    }
  })
  try {
    return await Promise.race([task(controller.signal), stopped])
  } finally {
    for (const end of ends) end()
  }
}

function aborted(signal: AbortSignal): FirekeepError {
  return new FirekeepError('ABORTED', 'the call was aborted, or its remote detached', {
    cause: signal.reason,
  })
}
