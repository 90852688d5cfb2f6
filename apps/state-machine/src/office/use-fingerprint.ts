import { clockFingerprint } from '@firekeep/core'
import { useEffect, useState } from 'react'
import { useClock } from './use-clock.js'

/** The fingerprint of the clock of the office, kept up. */
export function useFingerprint(): string | undefined {
  const clock = useClock()
  const [letters, setLetters] = useState<string>()
  useEffect(() => {
    if (clock === undefined) return
    let isCurrent = true
    clockFingerprint(clock).then(
      found => isCurrent && setLetters(found),
      // What makes it could not be loaded: the one before stays.
      () => undefined,
    )
    return () => {
      isCurrent = false
    }
  }, [clock])
  return letters
}
