import { useSyncExternalStore } from 'react'
import type { StoredChoice } from './stored-choice.js'

/** What is chosen now. */
export function useChoice(choice: StoredChoice): string | undefined {
  return useSyncExternalStore(choice.subscribe, choice.getSnapshot)
}
