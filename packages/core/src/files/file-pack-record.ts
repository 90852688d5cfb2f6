/** Where a pack lies in the storage. */
export interface FilePackRecord {
  readonly id: string
  /** How many segments there are; all have `segmentBytes`, the last has the rest. */
  readonly segments: number
  readonly length: number
  readonly segmentBytes: number
}

export function isFilePackRecord(value: unknown): value is FilePackRecord {
  if (typeof value !== 'object' || value === null) return false
  const { id, segments, length, segmentBytes } = value as Record<string, unknown>
  if (typeof id !== 'string' || !isCount(length) || !isCount(segmentBytes)) return false
  return segments === Math.ceil(length / segmentBytes)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0
}
