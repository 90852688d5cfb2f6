/**
 * How often a property is tried: `count` times, or fifty times that with `FIREKEEP_LONG` set, as
 * `npx pnpm test:long` does.
 */
export function runs(count: number): number {
  return process.env.FIREKEEP_LONG ? 50 * count : count
}

/**
 * How far apart the points are that a sweep looks at, as crashes at storage calls: `usual`, or all of them in the long
 * form. What is killed after a call leaves what is killed before the next one would: a sweep of both loses little
 * by looking at every second call.
 */
export function stride(usual: number): number {
  return process.env.FIREKEEP_LONG ? 1 : usual
}
