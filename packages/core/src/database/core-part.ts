import { digestName } from '../crypto/digest-name.js'
import { DatabaseHome } from './database-home.js'
import { exportedKey, identityOf, readExportOptions } from './exported-key.js'
import { openCore, openStored } from './open-core.js'
import { Queries } from './queries.js'

/**
 * What loads when a database is first used. One module for all of it, as the other parts: a bundler cuts what a page
 * loads at once along every module that is loaded by itself.
 */
export const CORE_PART = {
  DatabaseHome,
  Queries,
  digestName,
  exportedKey,
  identityOf,
  openCore,
  openStored,
  readExportOptions,
} as const
