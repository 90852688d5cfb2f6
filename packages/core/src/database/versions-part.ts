import { diffDatabases } from './diff-databases.js'
import { forkDatabase } from './fork-database.js'
import { listDocumentHistory, listHistory } from './history-entries.js'
import { listChanges } from './list-changes.js'
import { LiveConflictList } from './live-conflict-list.js'
import { mergeDatabases } from './merge-databases.js'
import { readConflicts } from './read-conflicts.js'
import { decideResolution } from './resolution.js'

/** What loads when more than the newest state is asked for: histories, conflicts, changes, forks and their merging. */
export const VERSIONS_PART = {
  LiveConflictList,
  decideResolution,
  diffDatabases,
  forkDatabase,
  listChanges,
  listDocumentHistory,
  listHistory,
  mergeDatabases,
  readConflicts,
} as const
