import type { Pace } from './time-slice.js'

/** The pace of the platform: its clock, and one turn of its event loop. */
export const platformPace: Pace = {
  now: () => performance.now(),
  pause: () => new Promise(nextTurn),
}

/** A message is not throttled in background tabs and not held back by 4 ms, as timers are. */
function nextTurn(resolve: () => void): void {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void }
  if (setImmediate !== undefined) {
    setImmediate(resolve)
    return
  }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    resolve()
  }
  port2.postMessage(undefined)
}
