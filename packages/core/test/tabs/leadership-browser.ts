import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { CHROMIUM_FLAGS, findChromium } from '../../../../scripts/find-chromium.mjs'

interface Reply {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/**
 * A Chromium driven by its own protocol, over a pipe. Playwright makes every page believe that it has the focus, and
 * Chromium freezes only what is hidden.
 */
export class LeadershipBrowser {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #settleById = new Map<number, (reply: Reply) => void>()
  #count = 0
  #rest = ''

  constructor(process: ChildProcess, folder: string) {
    this.#process = process
    this.#folder = folder
  }

  static async open(): Promise<LeadershipBrowser> {
    const executable = findChromium()
    if (executable === undefined) throw new TypeError('there is no Chromium')
    const folder = await mkdtemp(join(tmpdir(), 'firekeep-chromium-'))
    const flags = ['--headless', '--remote-debugging-pipe', `--user-data-dir=${folder}`]
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] as const
    const browser = new LeadershipBrowser(
      spawn(executable, [...flags, ...CHROMIUM_FLAGS], { stdio: [...stdio] }),
      folder,
    )
    browser.#listen()
    return browser
  }

  /** A page in a window of its own, so that all are visible. */
  async openPage(url: string): Promise<LeadershipPageDriver> {
    const { targetId } = (await this.send('Target.createTarget', { url, newWindow: true })) as {
      targetId: string
    }
    const { sessionId } = (await this.send('Target.attachToTarget', { targetId, flatten: true })) as {
      sessionId: string
    }
    return new LeadershipPageDriver(this, sessionId)
  }

  send(method: string, params: object = {}, sessionId?: string): Promise<unknown> {
    const id = ++this.#count
    return new Promise((resolve, reject) => {
      this.#settleById.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result)
        else reject(new Error(`${method}: ${error.message}`))
      })
      const pipe = this.#process.stdio[3] as Writable
      pipe.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    })
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'close')
    this.#process.kill()
    await ended
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #listen(): void {
    const pipe = this.#process.stdio[4] as Readable
    pipe.setEncoding('utf8').on('data', (text: string) => {
      const messages = (this.#rest + text).split('\0')
      this.#rest = messages.pop() as string
      for (const message of messages) {
        const reply = JSON.parse(message) as Reply
        if (reply.id !== undefined) this.#settleById.get(reply.id)?.(reply)
      }
    })
  }
}

class LeadershipPageDriver {
  readonly #browser: LeadershipBrowser
  readonly #sessionId: string

  constructor(browser: LeadershipBrowser, sessionId: string) {
    this.#browser = browser
    this.#sessionId = sessionId
  }

  /** The value of an expression, in a frozen page too. */
  async evaluate<T>(expression: string): Promise<T> {
    const params = { expression, returnByValue: true, awaitPromise: true }
    const { result } = (await this.#browser.send('Runtime.evaluate', params, this.#sessionId)) as {
      result: { value: T }
    }
    return result.value
  }

  async setState(state: 'active' | 'frozen'): Promise<void> {
    await this.#browser.send('Page.setWebLifecycleState', { state }, this.#sessionId)
  }
}
