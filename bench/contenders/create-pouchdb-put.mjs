/** @typedef {import('../task.mjs').Task} Task */

const CONFLICT = 409

/**
 * Puts documents under the revision they replace; where the session does not know it, it is read first.
 *
 * @param {Pick<import('pouchdb-browser'), 'put' | 'get'>} db
 */
export function createPut(db) {
  /** @type {Map<string, string>} */
  const revisions = new Map()
  /** @param {Task} task */
  return async task => {
    const attempt = async () => {
      const { rev } = await db.put({ ...task, _rev: revisions.get(task._id) })
      revisions.set(task._id, rev)
    }
    await attempt().catch(async error => {
      if (/** @type {{ status?: number }} */ (error).status !== CONFLICT) throw error
      revisions.set(task._id, (await db.get(task._id))._rev)
      await attempt()
    })
  }
}
