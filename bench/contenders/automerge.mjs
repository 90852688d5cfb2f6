import { createFreeze } from './create-freeze.mjs'

/**
 * @typedef {import('../task.mjs').Task} Task
 * @typedef {import('@automerge/automerge-repo/slim').DocHandle<{ tasks: Record<string, Task> }>} TasksHandle
 */

const URL_KEY = 'automerge-url'

/**
 * One document with a map of tasks, all in memory, in a repository with its IndexedDB storage. Strings are values,
 * not texts that several people write, which would cost more. It has no indexes.
 *
 * @type {import('./contender.js').Contender}
 */
export const automerge = {
  id: 'automerge',
  label: 'Automerge',
  package: '@automerge/automerge',
  imports: `
    export { automergeWasmBase64 } from '@automerge/automerge/automerge.wasm.base64'
    export { ImmutableString, initializeBase64Wasm } from '@automerge/automerge/slim'
    export { Repo } from '@automerge/automerge-repo/slim'
    export { IndexedDBStorageAdapter } from '@automerge/automerge-repo-storage-indexeddb'`,
  environments: ['chromium'],
  operations: ['put', 'bulk', 'get'],
  async load() {
    const { automergeWasmBase64 } = await import('@automerge/automerge/automerge.wasm.base64')
    const { ImmutableString, initializeBase64Wasm } = await import('@automerge/automerge/slim')
    const { Repo } = await import('@automerge/automerge-repo/slim')
    const { IndexedDBStorageAdapter } = await import('@automerge/automerge-repo-storage-indexeddb')
    await initializeBase64Wasm(automergeWasmBase64)
    const freeze = createFreeze(text => new ImmutableString(text))
    return async () => {
      const repo = new Repo({ storage: new IndexedDBStorageAdapter('bench') })
      const handle = await openHandle(repo)
      const stored = () => repo.flush([handle.documentId])
      return {
        async put(task) {
          handle.change(doc => {
            doc.tasks[task._id] = freeze(task)
          })
          await stored()
        },
        async bulk(many) {
          handle.change(doc => {
            for (const task of many) doc.tasks[task._id] = freeze(task)
          })
          await stored()
        },
        get: async id => handle.doc().tasks[id],
        close: () => repo.shutdown(),
      }
    }
  },
}

/**
 * @param {import('@automerge/automerge-repo/slim').Repo} repo
 * @returns {Promise<TasksHandle>}
 */
async function openHandle(repo) {
  const known = /** @type {import('@automerge/automerge-repo/slim').AutomergeUrl | null} */ (
    localStorage.getItem(URL_KEY)
  )
  if (known !== null) return repo.find(known)
  const handle = repo.create({ tasks: {} })
  localStorage.setItem(URL_KEY, handle.url)
  await repo.flush([handle.documentId])
  return handle
}
