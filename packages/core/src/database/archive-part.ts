import { archiveAndPrune } from './exchange/archive-compaction.js'
import { exportArchive } from './exchange/export-archive.js'
import { exportJson } from './exchange/export-json.js'
import { importArchive } from './exchange/import-archive.js'
import { importJson } from './exchange/import-json.js'
import { proofOf } from './exchange/proof-of.js'
import { verify } from './exchange/verify.js'
import { pinFiles, unpinFiles } from './files/pin-files.js'
import { prune } from './prune.js'

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
