import type { FileSystem } from './file-system.js'
import { foldLogs } from './fold-logs.js'
import type { FolderClock } from './folder-clock.js'
import { type FolderState, markOf } from './folder-state.js'
import type { LogReader } from './log-reader.js'
import type { ProcessTable } from './process-table.js'
import type { Session } from './session.js'
import type { ValueFiles } from './value-files.js'

export interface LogFoldingParts {
  readonly fs: FileSystem
  /** The storage's folder, and the one of the logs in it. */
  readonly folder: string
  readonly logs: string
  readonly processes: ProcessTable
  readonly clock: FolderClock
  readonly state: FolderState
  readonly session: Session
  readonly values: ValueFiles
  readonly foldAt: FoldThresholds
}

export interface FoldThresholds {
  /** More logs than this that nobody writes to are folded. */
  readonly logs: number
  /** Logs with more bytes in vain than this, and half of all, are folded. */
  readonly garbage: number
}

const DAY = 86_400_000

/**
 * Puts one log in the place of many, without what they hold in vain: when that pays, or when it must be erased.
 * Used by the owner of the folder's lock only, who has read all that was written.
 *
 * The new log is durable before an old one is removed, so a crash leaves copies at worst, which readers ignore.
 */
export class LogFolding {
  readonly #parts: LogFoldingParts
  #foldAfter: FoldThresholds

  constructor(parts: LogFoldingParts) {
    this.#parts = parts
    this.#foldAfter = parts.foldAt
  }

  /** Folds where that pays; one that fails is put off. */
  async foldIfDue(): Promise<void> {
    const { foldAt, state } = this.#parts
    const logs = state.logs()
    const garbage = sum(logs, log => log.garbage)
    if (logs.length <= this.#foldAfter.logs && garbage <= this.#foldAfter.garbage) return
    const sources = this.#foldable(logs)
    const inVain = sum(sources, log => log.garbage)
    const pays = inVain > foldAt.garbage && inVain * 2 > sum(sources, log => log.length)
    const isDone = (pays || sources.length > foldAt.logs) && (await this.#tryToFold(sources))
    // Where it does not pay, or fails, it is looked at again when there is more to gain.
    this.#foldAfter = isDone ? foldAt : { logs: logs.length + foldAt.logs, garbage: garbage + foldAt.garbage }
  }

  /** Whether a log of ours, or one that nobody writes to any more, was marked by somebody who erased. */
  get isEraseDue(): boolean {
    const { marked } = this.#parts.state
    return marked.size > 0 && this.#foldable(this.#parts.state.logs()).some(({ name }) => marked.has(name))
  }

  /**
   * Leaves no byte of a value that is not the latest of its key, also not after a power failure, but in logs of
   * sessions that may still write: those are marked, so that their owners call {@link LogFolding.eraseMarked}.
   */
  async erase(): Promise<void> {
    const { fs, logs: folder, state, values } = this.#parts
    // A log of ours whose sync failed, and one that was to take the place of others, are not known yet.
    state.refresh()
    const logs = state.logs()
    const sources = this.#foldable(logs)
    const left = logs.flatMap(log => (sources.includes(log) || !log.holdsWaste ? [] : [log.name]))
    if (sources.some(log => log.holdsWaste)) await this.#fold(sources)
    this.#sweepValues()
    for (const name of left) {
      if (!state.marked.has(name)) fs.create(`${folder}/${markOf(name)}`).close()
    }
    await this.#unmarkAllBut(left)
    await values.sync()
  }

  /** Rewrites the logs that somebody who erased had to leave; asks nobody else, or two sessions would never rest. */
  async eraseMarked(): Promise<void> {
    if (!this.isEraseDue) return
    const logs = this.#parts.state.logs()
    const sources = this.#foldable(logs)
    await this.#fold(sources)
    await this.#unmarkAllBut(logs.flatMap(log => (sources.includes(log) ? [] : [log.name])))
  }

  /** Also makes the removal of logs durable. */
  async #unmarkAllBut(names: readonly string[]): Promise<void> {
    const { fs, logs: folder, state } = this.#parts
    for (const name of state.marked) if (!names.includes(name)) fs.remove(`${folder}/${markOf(name)}`)
    await fs.syncFolder(folder)
    state.refresh()
  }

  /** Our own logs, and those whose writers said that they ended or are provably gone. */
  #foldable(logs: readonly LogReader[]): LogReader[] {
    const { fs, folder, processes, state } = this.#parts
    const isLocal = fs.isLocal(folder)
    return logs.filter(({ name, hasEnded, owner }) => {
      if (state.isOwn(name) || hasEnded) return true
      // The owner of the lock makes logs, and that is us: one without a first line is what a crash left of it.
      return owner === undefined ? isLocal : processes.isGone(owner, isLocal)
    })
  }

  /** The batch is durable already, so that a fold that fails is only put off. */
  async #tryToFold(sources: readonly LogReader[]): Promise<boolean> {
    const { clock, state } = this.#parts
    const isAll = sources.length === state.logs().length
    try {
      await this.#fold(sources)
      if (isAll) this.#sweepValues(clock.date() - DAY)
      return true
    } catch {
      return false
    }
  }

  async #fold(sources: readonly LogReader[]): Promise<void> {
    const { fs, logs, state, session } = this.#parts
    await session.startWith(foldLogs(sources, state, fs.checksum))
    for (const { name } of sources) fs.remove(`${logs}/${name}`)
    state.refresh()
  }

  #sweepValues(before?: number): void {
    const named = new Set([...this.#parts.state.places.values()].map(place => place.file))
    this.#parts.values.sweep(file => named.has(file), before)
  }
}

function sum<T>(items: readonly T[], sizeOf: (item: T) => number): number {
  return items.reduce((total, item) => total + sizeOf(item), 0)
}
