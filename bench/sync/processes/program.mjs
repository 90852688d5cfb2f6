import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** The folder for a profile of each process; without, there are none. */
const PROFILES = process.env.FIREKEEP_BENCH_PROFILES || undefined
/** How long a program may take to end. */
const PATIENCE_MS = PROFILES === undefined ? 2_000 : 30_000

/**
 * @typedef {object} ProgramOptions
 * @property {readonly string[]} [args]
 * @property {readonly string[]} [nodeArgs]
 * @property {Readonly<Record<string, string>>} [env]
 */

/** A program of Node in a process of its own, which answers calls (`answer-calls.mjs`). */
export class Program {
  #calls = 0
  /** @type {Map<number, PromiseWithResolvers>} */
  #waiting = new Map()
  #child
  #output = ''

  /**
   * @param {string} file
   * @param {ProgramOptions} [options]
   */
  constructor(file, { args = [], nodeArgs = [], env = {} } = {}) {
    const profile = PROFILES === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${PROFILES}`]
    this.#child = spawn(process.execPath, [...profile, ...nodeArgs, file, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      serialization: 'json',
    })
    this.#child.stdout?.setEncoding('utf8').on('data', text => {
      this.#output += text
    })
    this.#child.on('message', message => {
      this.#settle(/** @type {import('./answer-calls.mjs').Answer} */ (message))
    })
    this.#child.on('exit', () => this.#fail(new Error(`a process ended: ${file}`)))
  }

  /**
   * @param {string} method
   * @param {unknown} [argument]
   * @returns {Promise<any>} what it answers
   */
  call(method, argument) {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      if (!this.#child.connected) return reject(new Error(`a process is gone that was to ${method}`))
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, method, argument })
    })
  }

  /**
   * The first text that it prints to which the pattern fits.
   *
   * @param {RegExp} pattern
   * @returns {Promise<string>}
   */
  async printed(pattern) {
    while (true) {
      const found = pattern.exec(this.#output)?.[0]
      if (found !== undefined) return found
      if (this.#child.exitCode !== null) throw new Error(`a process ended before it printed ${pattern}`)
      await Promise.race([
        once(/** @type {import('node:stream').Readable} */ (this.#child.stdout), 'data'),
        once(this.#child, 'exit'),
      ])
    }
  }

  /** Lets it end by itself, as a profile is written then, and kills it where that takes long. */
  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    if (this.#child.connected) this.#child.disconnect()
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS)
    await exit
    clearTimeout(limit)
  }

  /** @param {import('./answer-calls.mjs').Answer} answer */
  #settle({ id, value, error }) {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(value)
    else waiting?.reject(new Error(error))
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

/**
 * @typedef {object} PromiseWithResolvers
 * @property {(value: any) => void} resolve
 * @property {(error: Error) => void} reject
 */
