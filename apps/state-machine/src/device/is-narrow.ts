/** Whether list and application stand in one place, as on a phone. The style sheets have the same bound. */
export function isNarrow(): boolean {
  return matchMedia('(max-width: 46rem)').matches
}
