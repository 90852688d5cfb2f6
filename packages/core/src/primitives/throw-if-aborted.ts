import { FirekeepError } from '../errors.js'

/** `ABORTED` when the signal fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FirekeepError('ABORTED', 'the call was aborted', { cause: signal.reason })
}
