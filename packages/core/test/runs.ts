/**
 * How often a property is tried: `count` times, or fifty times that with `FIREKEEP_LONG` set, as
 * `npx pnpm test:long` does.
 */
export function runs(count: number): number {
  return process.env.FIREKEEP_LONG ? 50 * count : count
}
