import { diffDatabases } from './fork/diff-databases.js'
import { forkDatabase } from './fork/fork-database.js'
import { mergeDatabases } from './fork/merge-databases.js'
import { listDocumentHistory, listHistory } from './history/history-entries.js'
import { listChanges } from './history/list-changes.js'
import { LiveConflictList } from './history/live-conflict-list.js'
import { readConflicts } from './history/read-conflicts.js'
import { decideResolution } from './history/resolution.js'

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
