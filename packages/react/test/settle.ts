import type { Database } from '@firekeep/core'
import { act } from '@testing-library/react'
import { isIdle } from './watch-database.js'

/** After so many turns in which nothing was under way, nothing more follows from what was. */
const QUIET_TURNS = 3

/**
 * Lets everything happen that is due: what the databases have begun, what follows from it, and the renders. It
 * waits for watched databases to have nothing left to do, not for time.
 */
export async function settle(...databases: readonly Database<never>[] | readonly Database[]): Promise<void> {
  await act(async () => {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet += 1) {
      await nextTurn()
      if (!databases.every(isIdle)) quiet = -1
    }
  })
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 0))
}
