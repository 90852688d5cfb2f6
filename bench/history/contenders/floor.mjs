import { openRawStorage } from '../../floors/open-raw-storage.mjs'
import { compareMaps } from '../floors/compare-maps.mjs'
import { copyRecord } from '../floors/copy-record.mjs'
import { copyRecords } from '../floors/copy-records.mjs'
import { filterTasks } from '../floors/filter-tasks.mjs'
import { openRecords } from '../floors/open-records.mjs'
import { openSealedFile } from '../floors/open-sealed-file.mjs'
import { verifySignatures } from '../floors/verify-signatures.mjs'

/**
 * The least that each work costs without a database: what is to be read is in memory already, and what is to be stored
 * is stored in one step, durably.
 *
 * @type {import('./history-contender.js').HistoryContender}
 */
export const floor = {
  id: 'floor',
  label: 'floor',
  environments: ['node', 'chromium'],
  operations: ['listVersions', 'queryPast', 'fork', 'diff', 'merge', 'verify', 'file'],
  load: async () => async place => {
    const storage = await openRawStorage(place)
    const recordBytes = place.recordBytes.put
    return {
      listVersions: openRecords,
      queryPast: filterTasks,
      fork: documents => copyRecord(storage, documents),
      diff: compareMaps,
      merge: parts => copyRecords(storage, { ...parts, recordBytes }),
      verify: commits => verifySignatures({ commits, recordBytes }),
      file: bytes => openSealedFile(place, bytes),
      close: () => storage.close(),
    }
  },
}
