import type { OrderedMap } from '../primitives/ordered-map.js'

/** The keys that start with `prefix`, ascending. Storage keys are ASCII, so all of them lie before U+FFFF. */
export function keysUnder(map: OrderedMap<unknown>, prefix: string): string[] {
  return [...map.keys({ from: prefix, to: `${prefix}\uffff` })]
}
