import { Repo } from '@automerge/automerge-repo'
import { WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket'
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs'
import { WebSocketServer } from 'ws'

/** A repository that stores in a folder and shares what it is asked for by its id. */
const [, , dir = ''] = process.argv
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
const repo = new Repo({
  network: [new WebSocketServerAdapter(/** @type {any} */ (server))],
  storage: new NodeFSStorageAdapter(dir),
  sharePolicy: async () => false,
})
server.on('listening', () => {
  console.log(`ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`)
})
process.once('SIGTERM', () => repo.shutdown())
