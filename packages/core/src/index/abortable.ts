import { FirekeepError } from '../errors.js'

/**
 * The outcome of `work`, or a rejection with `ABORTED` as soon as the signal fires; the work itself goes on. It does not
 * begin when the signal has fired before.
 */
export function abortable<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work()
  return new Promise((resolve, reject) => {
    const abort = () =>
      reject(new FirekeepError('ABORTED', 'the query was aborted', { cause: signal.reason }))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
