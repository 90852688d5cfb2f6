import { FileStaging } from '../files/file-staging.js'
import { PastViews } from '../history/past-views.js'
import { fileKeys } from './files/file-keys.js'
import { loadFile, readFile } from './files/load-file.js'
import { openFilePacks } from './files/open-file-packs.js'
import { openFiles } from './files/open-files.js'
import { removeShared } from './fork/remove-shared.js'

/** What an engine loads when it comes to attachments, to an earlier moment, or to a database that shares its storage. */
export const ENGINE_PART = {
  FileStaging,
  PastViews,
  fileKeys,
  loadFile,
  openFilePacks,
  openFiles,
  readFile,
  removeShared,
} as const
