import { FirekeepError, hasErrorCode } from '../errors.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import type { RemoteLog } from '../protocol/remote.js'

/** The file packs that are stored on this device. */
export interface LocalFilePacks {
  /** All of a pack, unverified; `undefined` where it is not here, or not whole. */
  get(name: string): Promise<Blob | undefined>
}

export interface FilePackSenderParts {
  readonly local: LocalFilePacks
  /** Hears once of each file that is to be had nowhere. */
  readonly report: (error: FirekeepError) => void
}

/** Where packs go, for one session. */
export interface SendTarget {
  readonly log: Pick<RemoteLog, 'putBlob' | 'getBlob'>
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends the file packs that commits name to one remote, before those commits (bytes first). One at a time, so that no
 * more than one is in memory. Kept over sessions: what was acknowledged is not sent again.
 */
export class FilePackSender {
  readonly #local: LocalFilePacks
  readonly #report: FilePackSenderParts['report']
  /** Names of packs that are on the remote, as far as is known. */
  readonly #there = new Set<string>()
  /** Names of packs that neither the remote nor this device has. */
  readonly #lost = new Set<string>()
  readonly #reported = new Set<string>()

  constructor({ local, report }: FilePackSenderParts) {
    this.#local = local
    this.#report = report
  }

  /** Whether a pack is known to be on the remote, or to be nowhere. */
  isSettled(name: string): boolean {
    return this.#there.has(name) || this.#lost.has(name)
  }

  /** Of these names, those that a remote can be asked to keep. */
  listable(names: Iterable<string>): string[] {
    return [...names].filter(name => !this.#lost.has(name))
  }

  /** Whether those of these names that were lost are there again: somebody else had them. */
  async findAgain(names: Iterable<string>, target: SendTarget): Promise<void> {
    for (const name of names) {
      if (this.#lost.has(name) && (await isThere(name, target))) this.#lost.delete(name)
    }
  }

  /** Sends those that the remote may lack. One that is not here came from elsewhere: whoever named it first sent it. */
  async send(names: Iterable<string>, target: SendTarget): Promise<void> {
    for (const name of names) {
      if (this.isSettled(name)) continue
      throwIfAborted(target.signal)
      const pack = await this.#local.get(name)
      if (pack === undefined) continue
      if (!(await isThere(name, target)) && !(await put(name, pack, target))) this.#lose(name)
      else this.#there.add(name)
    }
  }

  /** The remote lacks one of these, whatever was known: sends it, or counts it as lost. */
  async sendAnew(names: Iterable<string>, target: SendTarget): Promise<void> {
    for (const name of names) {
      throwIfAborted(target.signal)
      if (this.#lost.has(name) || (await isThere(name, target))) continue
      this.#there.delete(name)
      const pack = await this.#local.get(name)
      if (pack === undefined || !(await put(name, pack, target))) this.#lose(name)
      else this.#there.add(name)
    }
  }

  #lose(name: string): void {
    this.#lost.add(name)
    if (this.#reported.has(name)) return
    this.#reported.add(name)
    this.#report(
      new FirekeepError(
        'FILE_UNAVAILABLE',
        'an attachment is neither on the remote nor on this device; its document is kept without it',
        { details: { pack: name } },
      ),
    )
  }
}

/** Answers whether it is there now; what is damaged here is of no use to others. */
async function put(name: string, pack: Blob, { log, signal }: SendTarget): Promise<boolean> {
  try {
    await log.putBlob(name, pack, signal)
    return true
  } catch (error) {
    if (hasErrorCode(error, 'CORRUPT')) return false
    throw error
  }
}

async function isThere(name: string, { log, signal }: SendTarget): Promise<boolean> {
  return (await log.getBlob(name, { range: { offset: 0, length: 0 }, signal })) !== undefined
}
