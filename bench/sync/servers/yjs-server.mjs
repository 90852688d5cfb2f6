import { setupWSConnection } from '@y/websocket-server/utils'
import { WebSocketServer } from 'ws'

/** The server of y-websocket; `YPERSISTENCE` names the folder in which it stores updates. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
server.on('connection', (socket, request) => setupWSConnection(socket, request))
server.on('listening', () => {
  console.log(`ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`)
})
