import { spawn } from 'node:child_process'

/** How a command ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What is asked of `runCommand`. */
export interface CommandOptions {
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with all that it has printed, each time it prints. */
  readonly onOutput?: (output: string, signal: (name: NodeJS.Signals) => void) => void
}

/** Less than a test may take, so that what hangs is gone when the test fails. */
const LIMIT_MS = 170_000

/** Runs a command to its end, with nobody at its standard input. */
export function runCommand(command: readonly string[], options: CommandOptions): Promise<Ended> {
  const [program = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: environment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a signal reaches all that it started, as Ctrl-C does.
      detached: true,
    })
    const signal = (name: NodeJS.Signals): void => {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    }
    const timer = setTimeout(signal, LIMIT_MS, 'SIGKILL')
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text
        options.onOutput?.(printed.stdout + printed.stderr, signal)
      })
    }
    child.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
    child.on('close', code => {
      clearTimeout(timer)
      resolve({ code, ...printed })
    })
  })
}

/** That of a user: without what vitest and the package manager of this run have set. */
function environment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VITEST|NODE_ENV$|TEST$|FORCE_COLOR$)/i.test(name),
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1', ...added }
}
