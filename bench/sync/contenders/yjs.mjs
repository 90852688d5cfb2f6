import { fileURLToPath } from 'node:url'

/** @typedef {import('../../task.mjs').Task} Task */

const ROOM = 'tasks'
/** The first two numbers of a message that asks for what the sender has not (y-protocols). */
const ASK = [0, 0]

/**
 * One document with a map of tasks, y-websocket and its server, which stores updates in LevelDB. A device has all
 * in memory and stores nothing: y-indexeddb is for browsers.
 *
 * @type {import('./sync-contender.js').SyncContender}
 */
export const yjs = {
  id: 'yjs',
  label: 'Yjs',
  package: 'y-websocket',
  environments: ['node'],
  operations: ['sync', 'idle'],
  server: dir => ({
    program: fileURLToPath(new URL('../servers/yjs-server.mjs', import.meta.url)),
    args: [],
    env: { YPERSISTENCE: dir },
  }),
  async loadDevice() {
    const [Y, { WebsocketProvider }, { WebSocket }] = await Promise.all([
      import('yjs'),
      import('y-websocket'),
      import('ws'),
    ])
    return async ({ url, listener }) => {
      const doc = new Y.Doc()
      /** @type {import('yjs').Map<Task>} */
      const tasks = doc.getMap('tasks')
      tasks.observe(({ keysChanged }) => {
        listener([...keysChanged].map(id => /** @type {Task} */ (tasks.get(id))))
      })
      const provider = new WebsocketProvider(url, ROOM, doc, {
        connect: false,
        disableBc: true,
        WebSocketPolyfill: /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
      })
      return {
        ticket: async () => ROOM,
        connect: async () => provider.connect(),
        disconnect: async () => provider.disconnect(),
        put: async task => tasks.set(task._id, task),
        bulk: async many => doc.transact(() => many.forEach(task => void tasks.set(task._id, task))),
        acknowledged: () => allAnswered(provider, Y.encodeStateVector(doc)),
        close: async () => provider.destroy(),
      }
    }
  },
  async loadRawClients() {
    const { YjsClients } = await import('./yjs-clients.mjs')
    return url => new YjsClients(url)
  },
}

/**
 * Resolves when the server has answered a question that was sent behind everything else: it takes the messages of a
 * connection one after the other, and acknowledges none.
 *
 * @param {import('y-websocket').WebsocketProvider} provider
 * @param {Uint8Array} vector shorter than 128 bytes, as there are few devices
 */
async function allAnswered(provider, vector) {
  const answer = () => new Promise(resolve => provider.once('sync', resolve))
  if (!provider.synced) await answer()
  provider.synced = false
  const answered = answer()
  provider.ws?.send(new Uint8Array([...ASK, vector.length, ...vector]))
  await answered
}
