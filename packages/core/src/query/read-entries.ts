import type { OrderedMap } from '../primitives/ordered-map.js'
import type { ReadPlan } from './read-plan.js'

/** The entries a plan asks for, in its order; reads no more than are taken. */
export function* readEntries<V>(
  map: OrderedMap<V>,
  plan: ReadPlan,
): Generator<[key: string, value: V], void> {
  const { ranges, reverse } = plan
  let left = plan.limit
  for (const range of reverse ? ranges.toReversed() : ranges) {
    if (left === 0) return
    for (const entry of map.entries({ ...range, reverse })) {
      yield entry
      left -= 1
      if (left === 0) return
    }
  }
}
