import { builtInModule } from './built-in-module.js'
import { createProcessTable, type ProcessTable } from './process-table.js'

/**
 * The processes of this machine.
 *
 * Linux: boot id, PID namespace and start time from `/proc`. macOS: start time from `ps`, machine from `ioreg`.
 * Windows: machine from the registry; start times are not read, so after a crash whose process id is in use
 * again the lock stays until its file is deleted by hand. Elsewhere nobody is ever taken for dead.
 */
export function createNodeProcessTable(): ProcessTable {
  const parts: Parts = {
    fs: builtInModule('node:fs'),
    process: builtInModule('node:process'),
    run: command => runCommand(command),
  }
  if (parts.process.platform === 'linux') return createLinuxTable(parts)
  return createPlainTable(parts, COMMANDS[parts.process.platform])
}

interface Parts {
  readonly fs: {
    readFileSync(path: string, encoding: 'utf8'): string
    readlinkSync(path: string): string
    readdirSync(path: string): string[]
  }
  readonly process: { readonly platform: string; readonly pid: number; kill(pid: number, signal: 0): void }
  run(command: readonly string[]): string
}

function createLinuxTable(parts: Parts): ProcessTable {
  const { fs, process } = parts
  const read = (path: string): string => orEmpty(() => fs.readFileSync(path, 'utf8').trim())
  const startOf = (pid: number): string => statFields(read(`/proc/${pid}/stat`))[START_TIME] ?? ''
  return createProcessTable({
    tellsBoots: true,
    self: {
      boot: read('/proc/sys/kernel/random/boot_id'),
      machine: fingerprint(read('/etc/machine-id')),
      namespace: orEmpty(() => fs.readlinkSync('/proc/self/ns/pid')),
      pid: process.pid,
      start: startOf(process.pid),
    },
    startOf,
    isRunning(pid) {
      if (!hasProcess(process, pid)) return false
      // A process that was killed and not waited for keeps its id. It can do nothing more once its threads ended.
      const isZombie = statFields(read(`/proc/${pid}/stat`))[STATE] === 'Z'
      return !(isZombie && threadsOf(fs, pid) === 1)
    },
  })
}

/** Places in what follows the command name in `/proc/<pid>/stat`, which is field 2; see proc(5). */
const STATE = 0
const START_TIME = 19

/** The command name may hold spaces and parentheses of its own. */
function statFields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function threadsOf(fs: Parts['fs'], pid: number): number | undefined {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).length
  } catch {
    return undefined
  }
}

interface Commands {
  readonly machine: { readonly command: readonly string[]; readonly pattern: RegExp }
  readonly start?: (pid: number) => readonly string[]
}

const COMMANDS: Readonly<Record<string, Commands>> = {
  darwin: {
    machine: {
      command: ['/usr/sbin/ioreg', '-rd1', '-c', 'IOPlatformExpertDevice'],
      pattern: /"IOPlatformUUID" = "([^"]+)"/,
    },
    start: pid => ['/bin/ps', '-p', String(pid), '-o', 'lstart='],
  },
  win32: {
    machine: {
      command: ['reg', 'query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid'],
      pattern: /MachineGuid\s+REG_SZ\s+(\S+)/,
    },
  },
}

function createPlainTable({ process, run }: Parts, commands: Commands | undefined): ProcessTable {
  const machine = commands?.machine.pattern.exec(run(commands.machine.command))?.[1]
  const startOf = rememberForASecond((pid: number) => (commands?.start ? run(commands.start(pid)) : ''))
  return createProcessTable({
    tellsBoots: false,
    self: {
      boot: '',
      machine: fingerprint(machine ?? ''),
      namespace: '',
      pid: process.pid,
      start: startOf(process.pid),
    },
    startOf,
    isRunning: pid => hasProcess(process, pid),
  })
}

/** Signal 0 only asks; a process of another user answers EPERM, which says that it is there. */
function hasProcess(process: Parts['process'], pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH'
  }
}

/** The id of a machine is not for others to see. */
function fingerprint(id: string): string {
  if (id === '' || id === 'uninitialized') return ''
  const crypto = builtInModule<NodeCrypto>('node:crypto')
  return crypto.createHash('sha256').update(`firekeep machine ${id}`).digest('hex').slice(0, 32)
}

/** A command takes milliseconds, and whoever waits for a lock asks many times a second. */
function rememberForASecond(ask: (pid: number) => string): (pid: number) => string {
  let last: { pid: number; at: number; answer: string } | undefined
  return pid => {
    const now = performance.now()
    if (last?.pid !== pid || now - last.at > 1_000) last = { pid, at: now, answer: ask(pid) }
    return last.answer
  }
}

function runCommand([file, ...args]: readonly string[]): string {
  const childProcess = builtInModule<NodeChildProcess>('node:child_process')
  const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5_000 } as const
  return orEmpty(() => childProcess.execFileSync(file as string, args, options).trim())
}

/** What cannot be read is unknown, and of the unknown nobody is taken for dead. */
function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

interface NodeCrypto {
  createHash(name: 'sha256'): { update(data: string): { digest(encoding: 'hex'): string } }
}

interface NodeChildProcess {
  execFileSync(file: string, args: readonly string[], options: object): string
}
