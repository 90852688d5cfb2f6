import type { SnapshotRecord } from '../packs/snapshot-record.js'

/** The packs that snapshots live on, and those that older views still may. */
export function namedPacks(snapshots: Iterable<SnapshotRecord>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { packs, replaced } of snapshots) for (const { name } of [...packs, ...replaced]) names.add(name)
  return names
}

/**
 * Whether snapshots have nothing to do with those before: a fold names the packs of before, unless it erased them. Then
 * what is shown may differ where the history does not.
 */
export function isOtherState(before: ReadonlySet<string>, snapshots: Iterable<SnapshotRecord>): boolean {
  if (before.size === 0) return false
  for (const name of namedPacks(snapshots)) if (before.has(name)) return false
  return true
}
