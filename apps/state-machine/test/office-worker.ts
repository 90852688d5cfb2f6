import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../worker/main.mjs', import.meta.url))

export interface OfficeWorkerOptions {
  readonly link: string
  readonly dir: string
  readonly pace: number
  readonly lease: number
}

/** A worker in a process of its own, that can be killed. */
export class OfficeWorker {
  readonly #process: ChildProcess
  readonly #lines: string[] = []
  readonly #listeners = new Set<() => void>()

  constructor({ link, dir, pace, lease }: OfficeWorkerOptions) {
    const args = [MAIN, link, '--dir', dir, '--pace', String(pace), '--lease', String(lease)]
    this.#process = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', line => this.#hear(line))
    }
    this.#process.once('exit', () => this.#hear('[the worker ended]'))
  }

  /** All that it said. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** Until it says this. Rejects where it ends without. */
  until(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const isSaid = this.#lines.some(line => line.includes(text))
        if (!isSaid && this.#process.exitCode === null && this.#process.signalCode === null) return
        this.#listeners.delete(look)
        if (isSaid) resolve()
        else reject(new Error(`The worker ended without “${text}”:\n${this.#lines.join('\n')}`))
      }
      this.#listeners.add(look)
      look()
    })
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill(signal)
      await ended
    }
    return this.#process.exitCode
  }

  #hear(line: string): void {
    this.#lines.push(line)
    for (const listener of this.#listeners) listener()
  }
}
