import { hashBlock, RAW } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import type { FileInfo } from '../codec/file-info.js'
import type { Sealer } from '../crypto/seal.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { encodeChunkList } from './chunk-list.js'
import type { FileContent } from './file-content.js'
import { FILE_LAYOUT, type FileLayout } from './file-layout.js'
import type { FilePacks, WrittenFilePack } from './file-packs.js'
import { PackInProgress } from './pack-in-progress.js'

export interface FileWriterParts {
  readonly packs: FilePacks
  /** Of the kind `file`. */
  readonly sealer: Sealer
  readonly layout?: FileLayout
}

export interface AddFileOptions {
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes of each chunk that was read and stored. */
  readonly onBytes?: ((bytes: number) => void) | undefined
}

/** What is known of a stored content; `pack` may be read when the writer has finished. */
export type StoredContent = Pick<FileInfo, 'cid' | 'size' | 'pack'>

/**
 * Stores files one after the other, in as few packs as possible: one, up to 64 MiB. Nothing can be read before `finish`.
 * After a failure, or when nobody wants the files any more, `discard` removes what was stored.
 */
export class FileWriter {
  readonly #parts: FileWriterParts
  readonly #layout: FileLayout
  readonly #begun: PackInProgress[] = []
  readonly #written: WrittenFilePack[] = []
  #current: PackInProgress | undefined

  constructor(parts: FileWriterParts) {
    this.#parts = parts
    this.#layout = parts.layout ?? FILE_LAYOUT
  }

  async add(content: FileContent, { signal, onBytes }: AddFileOptions = {}): Promise<StoredContent> {
    const { size } = content
    const { chunkBytes } = this.#layout
    await this.#makeRoom(size)
    const packs = new Set<PackInProgress>()
    const cids: CID[] = []
    for (let start = 0; start < size || cids.length === 0; start += chunkBytes) {
      throwIfAborted(signal)
      const bytes = await content.read(start, Math.min(size, start + chunkBytes), signal)
      throwIfAborted(signal)
      await this.#makeRoom(bytes.length)
      const block = await hashBlock(RAW, bytes)
      packs.add(await this.#write(block))
      cids.push(block.cid)
      onBytes?.(bytes.length)
    }
    const cid = cids.length === 1 ? (cids[0] as CID) : await this.#writeLists(size, cids)
    // The last has the list, so readers begin there.
    const ordered = [...packs].reverse()
    return {
      cid: cid.toString(),
      size,
      get pack() {
        return ordered.map(pack => pack.text).join(' ')
      },
    }
  }

  /** Makes all files readable, in one step. */
  async finish(): Promise<void> {
    await this.#end()
    await this.#parts.packs.publish(this.#written)
  }

  /** The names of the packs, once finished. */
  get names(): readonly string[] {
    return this.#written.map(({ name }) => name)
  }

  /** Removes everything that was stored. */
  async discard(): Promise<void> {
    await this.#parts.packs.remove(this.names)
    for (const { segments } of this.#begun) await segments.discard()
  }

  /** Ends the pack where so much would not fit; what fits into no pack begins one. */
  async #makeRoom(bytes: number): Promise<void> {
    const used = this.#current?.chunkBytes ?? 0
    if (used > 0 && used + bytes > this.#layout.packBytes) await this.#end()
  }

  async #write(block: Parameters<PackInProgress['add']>[0]): Promise<PackInProgress> {
    if (this.#current === undefined) {
      const { packs, sealer } = this.#parts
      this.#current = new PackInProgress(packs.startWriting(), sealer)
      this.#begun.push(this.#current)
    }
    await this.#current.add(block)
    return this.#current
  }

  async #end(): Promise<void> {
    const ended = await this.#current?.end()
    if (ended !== undefined) this.#written.push(ended)
    this.#current = undefined
  }

  /** Lists of chunks, lists of these, and so on up to the one that is the file. */
  async #writeLists(size: number, chunks: readonly CID[]): Promise<CID> {
    const { listEntries } = this.#layout
    let capacity = this.#layout.chunkBytes
    let entries = chunks
    do {
      const lists: CID[] = []
      for (let from = 0; from < entries.length; from += listEntries) {
        const begin = from * capacity
        const part = Math.min(size, begin + listEntries * capacity) - begin
        const block = await encodeChunkList(part, entries.slice(from, from + listEntries))
        await this.#write(block)
        lists.push(block.cid)
      }
      entries = lists
      capacity *= listEntries
    } while (entries.length > 1)
    return entries[0] as CID
  }
}
