import { once } from 'node:events'
import { WebSocket } from 'ws'

/** @typedef {import('./sync-contender.js').RawClients} RawClients */

/**
 * Bare connections to the server of y-websocket, each with a document of its own.
 *
 * @implements {RawClients}
 */
export class YjsClients {
  #url
  /** @type {WebSocket[]} */
  #sockets = []

  /** @param {string} url */
  constructor(url) {
    this.#url = url
  }

  /** @param {import('./sync-contender.js').WantedClients} wanted */
  async connect({ logs }) {
    for (const log of logs) {
      const socket = new WebSocket(`${this.#url}/room-${log}`)
      this.#sockets.push(socket)
      await once(socket, 'message')
    }
  }

  async close() {
    for (const socket of this.#sockets) socket.terminate()
  }
}
