import { decodeServerMessage, encodeMessage } from '@firekeep/core/protocol'
import { WebSocket } from 'ws'
import { TestLog } from './test-log.mjs'

/** @typedef {import('./sync-contender.js').RawClients} RawClients */

/**
 * @template M
 * @typedef {M extends unknown ? Omit<M, 'id'> : never} Unnumbered
 */

/**
 * Connections that speak the protocol of the server by hand: each has one log open.
 *
 * @implements {RawClients}
 */
export class FirekeepClients {
  #url
  /** @type {Map<number, TestLog>} */
  #logs = new Map()
  /** @type {FirekeepClient[]} */
  #clients = []

  /** @param {string} url */
  constructor(url) {
    this.#url = url
  }

  /** @param {import('./sync-contender.js').WantedClients} wanted */
  async connect({ logs, follow }) {
    for (const number of logs) {
      const log = this.#logs.get(number) ?? new TestLog()
      this.#logs.set(number, log)
      const client = await FirekeepClient.open(this.#url, log)
      if (follow) await client.follow()
      this.#clients.push(client)
    }
  }

  /**
   * @param {number} client
   * @param {Uint8Array} pack
   */
  async append(client, pack) {
    await this.#clients[client]?.append(pack)
  }

  async close() {
    for (const client of this.#clients) client.close()
  }
}

class FirekeepClient {
  #socket
  #log
  #requests = 0
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  #waiting = new Map()

  /**
   * @param {WebSocket} socket
   * @param {TestLog} log
   */
  constructor(socket, log) {
    this.#socket = socket
    this.#log = log
    socket.on('message', data => this.#hear(/** @type {Buffer} */ (data)))
    socket.on('close', code => this.#fail(new Error(`the server closed a connection with ${code}`)))
    socket.on('error', error => this.#fail(error))
  }

  /**
   * @param {string} url
   * @param {TestLog} log
   */
  static async open(url, log) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`)
    const client = new FirekeepClient(socket, log)
    await client.#welcome()
    await client.#ask({ kind: 'open', log: log.id, token: log.token(new URL(url).origin) })
    return client
  }

  follow() {
    return this.#ask({ kind: 'follow', log: this.#log.id, after: 0 })
  }

  /** @param {Uint8Array} pack */
  append(pack) {
    return this.#ask({ kind: 'append', log: this.#log.id, pack, blobs: [] })
  }

  close() {
    this.#socket.terminate()
  }

  /** The answer to the first message, which has no number. */
  #welcome() {
    return new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve, reject })
      this.#socket.once('open', () => this.#socket.send(encodeMessage({ kind: 'hello', versions: [1] })))
    })
  }

  /** @param {Unnumbered<import('@firekeep/core/protocol').RequestMessage>} request */
  #ask(request) {
    const id = ++this.#requests
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      const message = /** @type {import('@firekeep/core/protocol').RequestMessage} */ ({ ...request, id })
      this.#socket.send(encodeMessage(message))
    })
  }

  /** @param {Buffer} data */
  #hear(data) {
    const message = decodeServerMessage(new Uint8Array(data))
    if (message.kind === 'news' || message.kind === 'closing') return
    const id = message.kind === 'welcome' ? 0 : message.id
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (message.kind === 'error') waiting?.reject(new Error(`${message.code}: ${message.message}`))
    else waiting?.resolve(message)
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
