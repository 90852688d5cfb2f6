import { FloorConnection } from './floor-connection.mjs'

/** More records than there are: who has them is sent what comes, and nothing else. */
const EVERYTHING = Number.MAX_SAFE_INTEGER

/** @typedef {import('./sync-contender.js').RawClients} RawClients */

/**
 * Connections to the floor's server, which has one log for all.
 *
 * @implements {RawClients}
 */
export class FloorClients {
  #url
  /** @type {FloorConnection[]} */
  #connections = []

  /** @param {string} url */
  constructor(url) {
    this.#url = url
  }

  /** @param {import('./sync-contender.js').WantedClients} wanted */
  async connect({ logs, follow }) {
    const url = follow ? `${this.#url}/after/${EVERYTHING}` : this.#url
    for (const _ of logs) this.#connections.push(await FloorConnection.open(url, () => {}))
  }

  /**
   * @param {number} client
   * @param {Uint8Array} bytes
   */
  async append(client, bytes) {
    const connection = this.#connections[client]
    connection?.send(bytes)
    await connection?.acknowledged()
  }

  async close() {
    for (const connection of this.#connections) connection.close()
  }
}
