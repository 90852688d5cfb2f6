import { archiveAndPrune } from './archive-compaction.js'
import { exportArchive } from './export-archive.js'
import { exportJson } from './export-json.js'
import { importArchive } from './import-archive.js'
import { importJson } from './import-json.js'
import { pinFiles, unpinFiles } from './pin-files.js'
import { proofOf } from './proof-of.js'
import { prune } from './prune.js'
import { verify } from './verify.js'

/** What loads for work on all that is stored: checks and proofs, archives, what to keep and what to erase. */
export const ARCHIVE_PART = {
  archiveAndPrune,
  exportArchive,
  exportJson,
  importArchive,
  importJson,
  pinFiles,
  proofOf,
  prune,
  unpinFiles,
  verify,
} as const
