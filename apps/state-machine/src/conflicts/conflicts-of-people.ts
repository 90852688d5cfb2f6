import type { Conflict } from '@firekeep/core'
import type { OfficeDocument } from '../data/office-document.js'

/** What workers write: that two of them wanted the same job is settled by the result. */
const OF_WORKERS: readonly string[] = ['job', 'upload']

/** The conflicts that somebody has to decide. */
export function conflictsOfPeople(
  conflicts: readonly Conflict<OfficeDocument>[],
): readonly Conflict<OfficeDocument>[] {
  return conflicts.filter(({ versions }) =>
    versions.some(({ doc }) => 'type' in doc && !OF_WORKERS.includes(doc.type)),
  )
}
