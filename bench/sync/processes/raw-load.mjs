import { randomFillSync } from 'node:crypto'
import { clock } from './clock.mjs'

/** What each append sends: as long as a sealed pack of a few small documents. */
const APPENDED_BYTES = 2_048

/** Appends by many clients at once, each of which waits for the answer before the next. */
export class RawLoad {
  #clients
  #count = 0

  /** @param {import('../contenders/sync-contender.js').RawClients} clients */
  constructor(clients) {
    this.#clients = clients
  }

  /** @param {import('../contenders/sync-contender.js').WantedClients} wanted */
  async connect(wanted) {
    await this.#clients.connect(wanted)
    this.#count += wanted.logs.length
  }

  /**
   * @param {number} milliseconds
   * @returns {Promise<number>} acknowledged appends a second
   */
  async appendFor(milliseconds) {
    const start = clock()
    let acknowledged = 0
    const clients = Array.from({ length: this.#count }, async (_, client) => {
      while (clock() - start < milliseconds) {
        await this.#clients.append?.(client, randomFillSync(new Uint8Array(APPENDED_BYTES)))
        acknowledged += 1
      }
    })
    await Promise.all(clients)
    return (acknowledged / (clock() - start)) * 1_000
  }
}
