/** Binary strings from `from` (inclusive) to `to` (exclusive). */
export interface BinaryRange {
  readonly from: string
  readonly to: string
}

/** What is left of the ranges behind a place: after its end, or in reverse before its start. */
export function rangesBehind(
  ranges: readonly BinaryRange[],
  place: BinaryRange,
  reverse: boolean,
): readonly BinaryRange[] {
  const rest = ranges.map(({ from, to }) =>
    reverse
      ? { from, to: place.from < to ? place.from : to }
      : { from: place.to > from ? place.to : from, to },
  )
  return rest.filter(({ from, to }) => from < to)
}
