import { FirekeepError } from '../../errors.js'
import { bytesToUtf8, randomBytes, toHex, utf8ToBytes } from '../../primitives/bytes.js'
import type { FileSystem } from './file-system.js'
import type { FolderClock } from './folder-clock.js'
import { formatOwner, type Owner, type ProcessTable, parseOwner } from './process-table.js'

export interface FolderLockParts {
  readonly fs: FileSystem
  /** A folder of the lock's own; must exist when the lock is taken. */
  readonly folder: string
  readonly processes: ProcessTable
  readonly clock: FolderClock
  /** Milliseconds to wait for an owner that lives. */
  readonly patience: number
}

/** How long an owner keeps the lock while nobody waits for it, and how often it looks whether somebody does. */
const IDLE = 30
const OWNER_LOOK = 5
/** How long an owner may go on writing while others wait. */
const TURN = 10
/** How long a former owner that was asked to give way stays away: longer than others wait between two looks. */
const GIVE_WAY = 24
const LONGEST_LOOK = 8
const LOOK_ATTEMPTS = 100

const FREE = 'free'
const WAITING = 'wait'

/**
 * One owner at a time among all processes that use a folder, in a file system without locks.
 *
 * The files `lock.<n>` are made by hard link from a complete file, so each number is given once and is never
 * seen half written. The highest number owns; it names a process, or says that the lock is free. Taking the
 * lock is linking the next number, and allowed only where the highest is free or its owner provably gone, so a
 * paused owner keeps it. Since a number looked up may be out of date, and lower ones are cleaned away, whoever
 * linked a number looks again and owns only if it is the highest.
 *
 * An owner keeps the lock across tasks, which makes each next one cost nothing, until it has been idle for a
 * while or somebody waits: waiters leave a file, and the owner looks for it every few milliseconds.
 */
export class FolderLock {
  readonly #parts: FolderLockParts
  readonly #token = toHex(randomBytes(8))
  /** The number we own. */
  #mine: number | undefined
  #since = 0
  #idleSince = 0
  /** Others are served before us until then. */
  #giveWayUntil = 0
  #isBusy = false
  #mustRelease = false
  #failedLooks = 0
  #cancelLook: (() => void) | undefined

  constructor(parts: FolderLockParts) {
    this.#parts = parts
  }

  /**
   * Runs one task as the owner; the caller sees to it that there is one at a time. `isNew` says that others may
   * have owned the folder since the last task. `STORAGE_FAILED` when a living owner does not give way in time.
   */
  async run<T>(task: (isNew: boolean) => Promise<T>): Promise<T> {
    this.#isBusy = true
    try {
      const isNew = this.#mine === undefined
      if (isNew) await this.#take()
      return await task(isNew)
    } finally {
      this.#isBusy = false
      this.#idleSince = this.#parts.clock.now()
      if (this.#mustRelease) this.#lookAround()
      else if (this.#mine !== undefined) this.#planLook()
    }
  }

  /** Lets others have the folder; not while a task runs. Where that fails we stay the owner. */
  release(): void {
    const mine = this.#mine
    if (mine === undefined || this.#isBusy) return
    const look = this.#look()
    if (look?.highest === mine) this.#free(mine, look)
    this.#lose()
    if (look?.isAwaited) this.#giveWayUntil = this.#parts.clock.now() + GIVE_WAY
  }

  #lose(): void {
    this.#mine = undefined
    this.#mustRelease = false
    this.#cancelLook?.()
    this.#cancelLook = undefined
  }

  #free(mine: number, look: Look): void {
    try {
      this.#link(mine + 1, FREE)
      this.#clean(look, mine)
    } catch {
      // A full disk has no room for a new name. The one before ours, free or of a dead owner, then is the highest.
      this.#parts.fs.remove(this.#path(mine))
    }
  }

  #planLook(): void {
    this.#cancelLook ??= this.#parts.clock.schedule(OWNER_LOOK, () => {
      this.#cancelLook = undefined
      this.#lookAround()
    })
  }

  /**
   * Lets go where somebody waits or we were idle for long, at once or when the task that runs has ended.
   * Failing at it is no failure of that task: it is tried again, and what is wrong shows in the next one.
   */
  #lookAround(): void {
    if (this.#mine === undefined) return
    try {
      this.#mustRelease = this.#isDue(this.#mine)
      if (this.#mustRelease) this.release()
      this.#failedLooks = 0
    } catch {
      this.#failedLooks += 1
    }
    if (this.#mine !== undefined && this.#failedLooks < LOOK_ATTEMPTS) this.#planLook()
  }

  #isDue(mine: number): boolean {
    const { fs, clock, folder } = this.#parts
    const now = clock.now()
    // Folder removed, or our file deleted by hand: others may own it by now.
    if (fs.size(this.#path(mine)) === undefined) return true
    if (fs.size(`${folder}/${WAITING}`) !== undefined && now - this.#since >= TURN) return true
    return !this.#isBusy && now - this.#idleSince >= IDLE
  }

  async #take(): Promise<void> {
    const { clock, patience } = this.#parts
    this.#mine = undefined
    const start = clock.now()
    if (start < this.#giveWayUntil) await clock.sleep(this.#giveWayUntil - start)
    for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_LOOK)) {
      const highest = this.#mustLook().highest
      if (this.#isFree(highest)) {
        if (this.#claim(highest + 1)) return
      } else {
        if (clock.now() - start >= patience) throw this.#timedOut(highest)
        this.#announce()
      }
      await clock.sleep(wait)
    }
  }

  #claim(number: number): boolean {
    if (!this.#link(number, formatOwner(this.#parts.processes.self))) return false
    let look: Look | undefined
    try {
      look = this.#mustLook()
    } finally {
      // A number that we may not own must not stay: it names a process that lives.
      if (look?.highest !== number) this.#parts.fs.remove(this.#path(number))
    }
    if (look.highest !== number) return false
    this.#mine = number
    this.#since = this.#parts.clock.now()
    this.#clean(look, number)
    // Those who still wait say so again; those who died waiting do not.
    this.#parts.fs.remove(`${this.#parts.folder}/${WAITING}`)
    return true
  }

  /** Keeps the one before, so that a listing that runs meanwhile cannot miss both the old and the new one. */
  #clean(look: Look, highest: number): void {
    for (const number of look.numbers) {
      if (number < highest - 1) this.#parts.fs.remove(this.#path(number))
    }
  }

  #link(number: number, content: string): boolean {
    const { fs, folder } = this.#parts
    const temporary = `${folder}/new.${this.#token}`
    try {
      const file = fs.create(temporary)
      try {
        file.write(utf8ToBytes(content), 0)
      } finally {
        file.close()
      }
      return fs.link(temporary, this.#path(number))
    } finally {
      fs.remove(temporary)
    }
  }

  #isFree(number: number): boolean {
    if (number === 0) return true
    const { fs, folder, processes } = this.#parts
    const content = this.#read(number)
    if (content === undefined) return false
    if (content === FREE) return true
    const owner = parseOwner(content)
    const isLocal = fs.isLocal(folder)
    // Only complete files are linked, so on a local disk an incomplete one is what a power failure left.
    return owner === undefined ? isLocal : processes.isGone(owner, isLocal)
  }

  #read(number: number): string | undefined {
    const file = this.#parts.fs.open(this.#path(number))
    if (file === undefined) return undefined
    try {
      const bytes = new Uint8Array(file.size())
      return decode(bytes.subarray(0, file.read(bytes, 0)))
    } finally {
      file.close()
    }
  }

  #announce(): void {
    const { fs, folder } = this.#parts
    if (this.#mustLook().isAwaited) return
    try {
      fs.create(`${folder}/${WAITING}`).close()
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    }
  }

  #mustLook(): Look {
    const look = this.#look()
    if (look !== undefined) return look
    throw Object.assign(new Error(`${this.#parts.folder} is gone`), { code: 'ENOENT' })
  }

  #look(): Look | undefined {
    const names = this.#parts.fs.list(this.#parts.folder)
    if (names === undefined) return undefined
    const numbers = names.flatMap(name => (/^lock\.\d+$/.test(name) ? [Number(name.slice(5))] : []))
    return { numbers, highest: Math.max(0, ...numbers), isAwaited: names.includes(WAITING) }
  }

  #path(number: number): string {
    return `${this.#parts.folder}/lock.${number}`
  }

  #timedOut(number: number): FirekeepError {
    const path = this.#path(number)
    const owner: Owner | undefined = parseOwner(this.#read(number) ?? '')
    return new FirekeepError(
      'STORAGE_FAILED',
      `another process (${owner?.pid ?? 'unknown'}) holds ${path} and does not give way; end that process, or ` +
        'delete the file if you are certain that it no longer runs',
      { details: { path, pid: owner?.pid } },
    )
  }
}

/** Text that is none is as incomplete as text that was cut off. */
function decode(bytes: Uint8Array): string {
  try {
    return bytesToUtf8(bytes)
  } catch {
    return ''
  }
}

interface Look {
  readonly numbers: readonly number[]
  readonly highest: number
  readonly isAwaited: boolean
}
