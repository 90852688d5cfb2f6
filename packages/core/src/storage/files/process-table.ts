/**
 * A process that holds a lock or writes a log, described so that others can prove that it is gone. An empty
 * string stands for what its platform does not tell.
 */
export interface Owner {
  /** The run of the kernel. */
  readonly boot: string
  /** The machine, over restarts; a hash, as the id itself is private. */
  readonly machine: string
  /** What the process id counts in: containers have their own. */
  readonly namespace: string
  readonly pid: number
  /** When the process started, as process ids are used again. */
  readonly start: string
}

/** Tells which processes still run. */
export interface ProcessTable {
  readonly self: Owner
  /**
   * Whether that process provably runs no more. `false` where it cannot be known: a paused process, one in
   * another container or on another machine is never taken for dead. `isLocal`: the folder is on a file system
   * that only one running kernel can have mounted.
   */
  isGone(owner: Owner, isLocal: boolean): boolean
}

/** What an adapter must know of its platform for {@link createProcessTable}. */
export interface ProcessProbe {
  readonly self: Owner
  /** Whether a process id means the same process in every boot: no, but where boots are not told apart, see below. */
  readonly tellsBoots: boolean
  /** Whether there is a process of this id that may still do something. */
  isRunning(pid: number): boolean
  /** When the process of this id started; empty where that cannot be read. */
  startOf(pid: number): string
}

/**
 * The rules by which an owner is provably gone:
 * - on the same boot and in the same namespace, no process has its id, or one that started at another time;
 * - the machine is the same and was booted since, and no other machine can have the folder mounted;
 * - where boots are not told apart (macOS, Windows; they have no namespaces either), on the same machine no
 *   process has its id, or one that started at another time: true whether it was booted since or not.
 */
export function createProcessTable(probe: ProcessProbe): ProcessTable {
  const { self } = probe
  const isSame = (field: 'boot' | 'machine' | 'namespace', owner: Owner): boolean =>
    owner[field] !== '' && owner[field] === self[field]
  const hasEnded = ({ pid, start }: Owner): boolean => {
    if (!probe.isRunning(pid)) return true
    const startNow = probe.startOf(pid)
    return start !== '' && startNow !== '' && start !== startNow
  }
  return {
    self,
    isGone(owner, isLocal) {
      if (!probe.tellsBoots) return isSame('machine', owner) && hasEnded(owner)
      if (isSame('boot', owner)) return isSame('namespace', owner) && hasEnded(owner)
      return owner.boot !== '' && self.boot !== '' && isLocal && isSame('machine', owner)
    },
  }
}

export function formatOwner({ boot, machine, namespace, pid, start }: Owner): string {
  return JSON.stringify({ boot, machine, namespace, pid, start })
}

/** `undefined` unless the text is a whole {@link formatOwner}. */
export function parseOwner(text: string): Owner | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { boot, machine, namespace, pid, start } = value as Record<string, unknown>
  const texts = [boot, machine, namespace, start]
  if (texts.some(text => typeof text !== 'string') || typeof pid !== 'number') return undefined
  return { boot, machine, namespace, pid, start } as Owner
}
