import { spawn } from 'node:child_process'
import type { PackageManager } from './package-manager.js'

/** What is asked of `install`. */
export interface InstallOptions {
  readonly manager: PackageManager
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

const UNREACHABLE =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ConnectionRefused|network/
const SHOWN_LINES = 12

/** Why the dependencies could not be installed. */
export interface InstallFailure {
  /** In a few words. */
  readonly reason: string
  /** The last lines of what the package manager said. */
  readonly output: string
}

/** Installs the dependencies of a project; answers with what went wrong, if anything. Never rejects. */
export async function install({
  manager,
  folder,
  env,
  signal,
}: InstallOptions): Promise<InstallFailure | undefined> {
  const { code, output } = await run(manager.install.split(' '), { folder, env, signal })
  if (code === 0) return undefined
  if (signal.aborted) return { reason: 'it was stopped', output: '' }
  const lines = output.split('\n').filter(line => line.trim() !== '')
  return { reason: reasonOf(manager, code, output), output: lines.slice(-SHOWN_LINES).join('\n') }
}

function reasonOf({ name }: PackageManager, code: number | string, output: string): string {
  if (code === 'ENOENT') return `${name} was not found`
  if (UNREACHABLE.test(output)) return 'the package registry could not be reached'
  return `${name} ended with ${typeof code === 'number' ? `code ${code}` : code}`
}

interface RunOptions {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** `code` is the name of an error of the system or a signal where there is no exit code. */
function run(
  command: readonly string[],
  options: RunOptions,
): Promise<{ code: number | string; output: string }> {
  const [program = '', ...args] = command
  return new Promise(resolve => {
    let output = ''
    const child = spawn(program, args, {
      cwd: options.folder,
      // With NODE_ENV=production the tools to build the app would be left out.
      env: { ...options.env, NODE_ENV: 'development' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // There the package managers are scripts of the shell.
      shell: process.platform === 'win32',
      signal: options.signal,
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ code: error.code ?? error.message, output }),
    )
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 1, output }))
  })
}
