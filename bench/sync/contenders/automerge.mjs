import { fileURLToPath } from 'node:url'
import { createFreeze } from '../../contenders/create-freeze.mjs'

/**
 * @typedef {import('../../task.mjs').Task} Task
 * @typedef {import('@automerge/automerge-repo').DocHandle<{ tasks: Record<string, Task> }>} TasksHandle
 */

/**
 * One document with a map of tasks, in repositories that store in files; the server has one too. Strings are
 * values, not texts for several writers.
 *
 * @type {import('./sync-contender.js').SyncContender}
 */
export const automerge = {
  id: 'automerge',
  label: 'Automerge',
  package: '@automerge/automerge-repo',
  environments: ['node'],
  operations: ['sync'],
  server: dir => ({
    program: fileURLToPath(new URL('../servers/automerge-server.mjs', import.meta.url)),
    args: [dir],
  }),
  async loadDevice() {
    const [{ Repo, ImmutableString }, { WebSocketClientAdapter }, { NodeFSStorageAdapter }] =
      await Promise.all([
        import('@automerge/automerge-repo'),
        import('@automerge/automerge-repo-network-websocket'),
        import('@automerge/automerge-repo-storage-nodefs'),
      ])
    const freeze = createFreeze(text => new ImmutableString(text))
    return async ({ url, dir, ticket, listener }) => {
      const repo = new Repo({ network: [], storage: new NodeFSStorageAdapter(dir) })
      /** @type {TasksHandle | undefined} */
      let handle = ticket === undefined ? repo.create({ tasks: {} }) : undefined
      /** @type {import('@automerge/automerge-repo-network-websocket').WebSocketClientAdapter | undefined} */
      let adapter
      const mustGetHandle = () => /** @type {TasksHandle} */ (handle)
      /** @param {readonly Task[]} tasks */
      const write = async tasks => {
        mustGetHandle().change(doc => {
          for (const task of tasks) doc.tasks[task._id] = freeze(task)
        })
        await repo.flush([mustGetHandle().documentId])
      }
      const find = async () => {
        handle = await repo.find(/** @type {import('@automerge/automerge-repo').AutomergeUrl} */ (ticket))
        handle.on('change', ({ doc, patches }) => {
          listener([...changedIds(patches)].map(id => plainTask(doc.tasks[id])))
        })
        listener(Object.values(handle.doc().tasks).map(plainTask))
      }
      return {
        ticket: async () => ticket ?? mustGetHandle().url,
        async connect() {
          adapter = new WebSocketClientAdapter(url)
          repo.networkSubsystem.addNetworkAdapter(adapter)
          // It is found when somebody has answered, which is no part of connecting.
          if (handle === undefined) find()
        },
        disconnect: async () => adapter?.disconnect(),
        put: task => write([task]),
        bulk: write,
        acknowledged: () => acknowledged(repo, mustGetHandle()),
        close: () => repo.shutdown(),
      }
    }
  },
}

/**
 * @param {readonly import('@automerge/automerge-repo').Patch[]} patches
 * @returns {Set<string>}
 */
function changedIds(patches) {
  return new Set(patches.flatMap(({ path }) => (path[0] === 'tasks' && path[1] ? [String(path[1])] : [])))
}

/**
 * What is compared of a task, as strings are objects here.
 *
 * @param {Task | undefined} task
 */
function plainTask(task) {
  return /** @type {Task} */ ({ ...task, _id: String(task?._id) })
}

/**
 * Resolves when the server has said that it has what is here.
 *
 * @param {import('@automerge/automerge-repo').Repo} repo
 * @param {TasksHandle} handle
 */
async function acknowledged(repo, handle) {
  while (!hasServerAll(repo, handle)) await new Promise(resolve => handle.once('remote-heads', resolve))
}

/**
 * @param {import('@automerge/automerge-repo').Repo} repo
 * @param {TasksHandle} handle
 */
function hasServerAll(repo, handle) {
  const here = [...handle.heads()].sort().join()
  return repo.peers.some(peer => {
    const storage = repo.getStorageIdOfPeer(peer)
    const heads = storage === undefined ? undefined : handle.getSyncInfo(storage)?.lastHeads
    return heads !== undefined && [...heads].sort().join() === here
  })
}
