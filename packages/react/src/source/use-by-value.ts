import { useMemo } from 'react'
import { fingerprint } from './fingerprint.js'

/**
 * The first of a row of equal values: what a caller writes inline at every render keeps one identity.
 *
 * It compares texts (of another reading of the value, where one is given) in a dependency list instead of setting state while rendering, so that a value that is never
 * equal (`{ at: Date.now() }`) costs its own work and no endless rendering.
 */
export function useByValue<T>(value: T, text: string = fingerprint(value)): T {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the value
  return useMemo(() => value, [text])
}
