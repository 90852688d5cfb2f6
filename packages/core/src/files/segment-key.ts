/** The keys of segments begin with it. */
export const SEGMENT_PREFIX = 'file/'

/** The key of a segment of a pack. */
export function segmentKey(id: string, number: number): string {
  return `${SEGMENT_PREFIX}${id}/${number.toString().padStart(6, '0')}`
}
