import { useSyncExternalStore } from 'react'

/** The time to the last full `step` of milliseconds, kept up; it stands still while `step` is `undefined`. */
export function useNow(step: number | undefined): number {
  const subscribe = (listener: () => void) => {
    if (step === undefined) return () => undefined
    const timer = setInterval(listener, step)
    return () => clearInterval(timer)
  }
  return useSyncExternalStore(subscribe, () => lastFull(step))
}

function lastFull(step: number | undefined): number {
  return step === undefined ? 0 : Math.floor(Date.now() / step) * step
}
