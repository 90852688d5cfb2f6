import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Program } from './processes/program.mjs'

const DEVICE = fileURLToPath(new URL('processes/device-program.mjs', import.meta.url))
const CLIENTS = fileURLToPath(new URL('processes/clients-program.mjs', import.meta.url))
const TELL_MEMORY = new URL('processes/tell-memory.mjs', import.meta.url).href

/** The server of a contender and what connects to it, each in a process and folder of its own. */
export class BenchServer {
  #contender
  #url
  #dir
  #server
  /** @type {Set<Program>} */
  #programs

  /**
   * @param {object} parts
   * @param {import('./contenders/sync-contender.js').SyncContender} parts.contender
   * @param {Program} parts.server
   * @param {string} parts.url
   * @param {string} parts.dir
   * @param {Set<Program>} parts.programs
   */
  constructor({ contender, server, url, dir, programs }) {
    this.#contender = contender
    this.#server = server
    this.#url = url
    this.#dir = dir
    this.#programs = programs
  }

  /**
   * @param {import('./contenders/sync-contender.js').SyncContender} contender
   * @param {string} dir
   * @param {Set<Program>} programs gets every program that is started, for the one who ends them
   */
  static async start(contender, dir, programs) {
    const { program, args, env = {} } = contender.server(await mkdtemp(join(dir, 'server-')))
    const nodeArgs = ['--expose-gc', '--import', TELL_MEMORY]
    const server = new Program(program, { args, env, nodeArgs })
    programs.add(server)
    const url = await server.printed(/(http|ws):\/\/[\w.:]+/)
    return new BenchServer({ contender, server, url, dir, programs })
  }

  /**
   * A new database on a device, or with a ticket that of another device.
   *
   * @param {string} [ticket]
   */
  async openDevice(ticket) {
    const device = this.#start(DEVICE, [this.#contender.id])
    const dir = await mkdtemp(join(this.#dir, 'device-'))
    const given = await device.call('open', { url: this.#url, dir, ticket })
    return Object.assign(device, { ticket: /** @type {string} */ (given) })
  }

  /** Two devices that are connected and have the same database, still empty. */
  async openPair() {
    const writer = await this.openDevice()
    await writer.call('connect')
    await writer.call('acknowledged')
    const reader = await this.openDevice(writer.ticket)
    await reader.call('connect')
    return /** @type {const} */ ([writer, reader])
  }

  async openClients() {
    return this.#start(CLIENTS, [this.#contender.id, this.#url])
  }

  /** @returns {Promise<number>} the RSS of the server in bytes, after a collection of garbage */
  memory() {
    return this.#server.call('memory')
  }

  /**
   * @param {string} file
   * @param {readonly string[]} args
   */
  #start(file, args) {
    const program = new Program(file, { args })
    this.#programs.add(program)
    return program
  }
}
