import { createTask } from '../../task.mjs'
import { createCipher } from './create-cipher.mjs'

/**
 * Opens as many sealed records as there are versions, all at once, and reads their JSON.
 *
 * @param {number} versions
 */
export async function openRecords(versions) {
  const cipher = await createCipher()
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  const sealed = await Promise.all(
    Array.from({ length: versions }, (_, i) =>
      cipher.seal(encoder.encode(JSON.stringify(createTask(0, versions - i)))),
    ),
  )
  return () =>
    Promise.all(
      sealed.map(async record => {
        /** @type {import('../../task.mjs').Task} */
        const task = JSON.parse(decoder.decode(await cipher.open(record)))
        return task
      }),
    )
}
