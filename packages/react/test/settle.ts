import type { Database } from '@firekeep/core'
import { act } from '@testing-library/react'

const TURNS = 5

/**
 * Lets everything happen that is due: what the databases have begun, what follows from it, and the renders. It
 * waits for turns of the event loop and for the databases, not for time.
 */
export async function settle(...databases: readonly Pick<Database, 'clock'>[]): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const database of databases) await database.clock()
      await nextTurn()
    }
  })
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 0))
}
