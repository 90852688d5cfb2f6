import { firekeep } from '@firekeep/core'
import { createMemorySpace } from '@firekeep/core/testing'
import { taskBatch } from './measures/task-batch.mjs'
import { quantile } from './quantile.mjs'
import { createTask } from './task.mjs'

const PUTS = 20

/**
 * How long Firekeep's sealed records are, so that the floors store as much. Asked of Firekeep itself, over a
 * storage in memory that notes what is written to it.
 *
 * @returns {Promise<import('./contenders/contender.js').RecordBytes>}
 */
export async function measureRecordBytes() {
  /** @type {number[]} */
  const sizes = []
  const db = firekeep('sizes', { storage: notingSpace(sizes) })
  await db.put(createTask(9_999_999))
  sizes.length = 0
  for (const task of taskBatch(0).slice(0, PUTS)) await db.put(task)
  const put = quantile(sizes.splice(0), 0.5)
  await db.bulk(taskBatch(1))
  await db.close()
  return { put: Math.round(put), bulk: Number(sizes[0]) }
}

/**
 * @param {number[]} sizes gets the length of all values of each batch that is written
 * @returns {import('@firekeep/core').StorageSpace}
 */
function notingSpace(sizes) {
  const space = createMemorySpace()
  return {
    ...space,
    async open(id, options) {
      const storage = await space.open(id, options)
      const batch = storage.batch.bind(storage)
      storage.batch = (puts, deletes, batchOptions) => {
        sizes.push(puts.reduce((sum, [, value]) => sum + value.length, 0))
        return batch(puts, deletes, batchOptions)
      }
      return storage
    },
  }
}
