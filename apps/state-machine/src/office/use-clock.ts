import type { Clock } from '@firekeep/core'
import { useEffect, useState } from 'react'
import { useOffice } from '../data/office-hooks.js'

/** The clock of the office, kept up. */
export function useClock(): Clock | undefined {
  const database = useOffice()
  const [clock, setClock] = useState<Clock>()
  useEffect(() => {
    let isCurrent = true
    const read = () => {
      database.clock().then(
        found => isCurrent && setClock(found),
        // A database that is being closed; the next one tells its own.
        () => undefined,
      )
    }
    read()
    // What comes without changing what is shown, such as a version that loses, moves the clock as well.
    const stops = [database.subscribe(read), database.syncStatus.subscribe(read)]
    return () => {
      isCurrent = false
      for (const stop of stops) stop()
    }
  }, [database])
  return clock
}
