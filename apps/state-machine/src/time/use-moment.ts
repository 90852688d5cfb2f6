import type { Clock } from '@firekeep/core'
import { useContext } from 'react'
import { MomentContext } from './moment-context.js'

/** The clock that reads go by; `undefined` for now. */
export function useMoment(): Clock | undefined {
  return useContext(MomentContext)?.clock
}
