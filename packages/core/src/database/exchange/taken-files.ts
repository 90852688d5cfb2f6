import type { ArchivedFiles } from '../../exchange/read-archive.js'
import type { FilePacks, WrittenFilePack } from '../../files/file-packs.js'
import { isWholePack } from '../../files/is-whole-pack.js'
import { toBase32 } from '../../primitives/bytes.js'

/**
 * Stores the file packs of an archive, and makes them readable when the archive is known to be whole. One whose bytes are not
 * those of its name was damaged when the archive was written: it is left out. One that is damaged here is replaced.
 */
export class TakenFiles implements ArchivedFiles {
  readonly #packs: FilePacks
  #written: WrittenFilePack[] = []
  #current: WrittenFilePack | undefined
  readonly #damaged = new Set<string>()

  constructor(packs: FilePacks) {
    this.#packs = packs
  }

  async begin(digest: Uint8Array): Promise<void> {
    const name = toBase32(digest)
    const isHere = this.#written.some(pack => pack.name === name) || (await isWholePack(this.#packs, name))
    this.#current = isHere ? undefined : { name, segments: this.#packs.startWriting() }
  }

  async add(bytes: Uint8Array): Promise<void> {
    await this.#current?.segments.add(bytes)
  }

  async end(): Promise<void> {
    const pack = this.#current
    if (pack === undefined) return
    if ((await pack.segments.end()) === pack.name) this.#written.push(pack)
    else {
      this.#damaged.add(pack.name)
      await pack.segments.discard()
    }
    this.#current = undefined
  }

  /** The names of those that were left out. */
  get damaged(): readonly string[] {
    return [...this.#damaged]
  }

  async publish(): Promise<void> {
    await this.#packs.publish(this.#written)
    this.#written = []
  }

  /** Removes what was not published. */
  async discard(): Promise<void> {
    const left = this.#current === undefined ? this.#written : [...this.#written, this.#current]
    this.#written = []
    this.#current = undefined
    for (const { segments } of left) await segments.discard()
  }
}
