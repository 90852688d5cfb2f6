import { once } from 'node:events'
import { WebSocket } from 'ws'
import { NEWLINE } from '../newline.mjs'

/** A connection to the floor's server: counts what was sent and answered. */
export class FloorConnection {
  #socket
  #sent = 0
  #answered = 0
  /** @type {Set<() => void>} */
  #waiting = new Set()

  /**
   * @param {WebSocket} socket
   * @param {(records: readonly Buffer[]) => void} take
   */
  constructor(socket, take) {
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (isBinary) take(splitRecords(/** @type {Buffer} */ (data)))
      else this.#answer(Number(data))
    })
  }

  /**
   * @param {string} url
   * @param {(records: readonly Buffer[]) => void} take
   */
  static async open(url, take) {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    const connection = new FloorConnection(socket, take)
    await once(socket, 'open')
    return connection
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    this.#sent += 1
    this.#socket.send(bytes)
  }

  /** @returns {Promise<void>} */
  async acknowledged() {
    const wanted = this.#sent
    while (this.#answered < wanted) await new Promise(resolve => this.#waiting.add(() => resolve(undefined)))
  }

  close() {
    this.#socket.terminate()
  }

  /** @param {number} answered */
  #answer(answered) {
    this.#answered = answered
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}

/** @param {Buffer} data */
function splitRecords(data) {
  const records = []
  let from = 0
  for (let to = data.indexOf(NEWLINE); to >= 0; to = data.indexOf(NEWLINE, from)) {
    records.push(data.subarray(from, to))
    from = to + 1
  }
  return [...records, data.subarray(from)]
}
