import { useSyncExternalStore } from 'react'
import type { Source } from './source.js'

/** The one place where a component meets a changing value: every hook of this package reads through it. */
export function useSource<T>(source: Source<T>): T {
  return useSyncExternalStore(source.subscribe, source.getSnapshot, source.getServerSnapshot)
}
