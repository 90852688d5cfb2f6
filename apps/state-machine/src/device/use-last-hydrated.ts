import { useState } from 'react'

/**
 * A result that stays on the screen while the next one is read, so that dragging through moments does not flash. Key the
 * component by what the results are of: the last one of something else must not be shown.
 */
export function useLastHydrated<T extends { readonly hydrated: boolean }>(result: T): T {
  const [last, setLast] = useState(result)
  if (result.hydrated && result !== last) setLast(result)
  return result.hydrated ? result : last
}
