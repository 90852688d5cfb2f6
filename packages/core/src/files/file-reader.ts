import { RAW, verifyBlock } from '../codec/block.js'
import { CID } from '../codec/cid.js'
import type { FileInfo } from '../codec/file-info.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { readBlockFrame } from '../packs/block-frame.js'
import { damagedPack } from '../packs/pack-error.js'
import type { BlockPlace, IndexPage } from '../packs/pack-index.js'
import type { PackReader } from '../packs/pack-reader.js'
import { type ChunkList, decodeChunkList } from './chunk-list.js'
import type { FileLayout } from './file-layout.js'

/** Reads the chunks of one file, each verified (L7). It keeps the index and the list of chunks that it read last. */
export class FileReader {
  readonly #info: FileInfo
  readonly #packs: readonly PackReader[]
  readonly #layout: FileLayout
  readonly #pages = new Map<PackReader, Map<number, IndexPage>>()
  readonly #lists: { readonly cid: CID; readonly list: ChunkList }[] = []

  constructor(info: FileInfo, packs: readonly PackReader[], layout: FileLayout) {
    this.#info = info
    this.#packs = packs
    this.#layout = layout
  }

  /** How many chunks there are. */
  get chunks(): number {
    return Math.max(1, Math.ceil(this.#info.size / this.#layout.chunkBytes))
  }

  async chunk(number: number): Promise<Uint8Array> {
    const { chunkBytes } = this.#layout
    const cid = await this.#chunkId(number)
    const bytes = await this.#block(cid, this.#packsFor(number))
    const length = Math.min(chunkBytes, this.#info.size - number * chunkBytes)
    if (bytes.length !== length) throw this.#damaged('a chunk has another length')
    return bytes
  }

  async #chunkId(number: number): Promise<CID> {
    let cid = CID.parse(this.#info.cid)
    let count = this.chunks
    let rest = number
    let size = this.#info.size
    for (let level = 0; cid.code !== RAW; level++) {
      const list = await this.#list(cid, level)
      const each = list.isLowest ? 1 : this.#capacity(count, list.entries.length)
      if (list.size !== size || list.entries.length !== Math.ceil(count / each)) {
        throw this.#damaged('a list of chunks says something else than what names it')
      }
      const at = Math.floor(rest / each)
      cid = list.entries[at] as CID
      rest -= at * each
      count = Math.min(each, count - at * each)
      size = Math.min(each * this.#layout.chunkBytes, size - at * each * this.#layout.chunkBytes)
    }
    if (count !== 1) throw this.#damaged('it is larger than what is stored')
    return cid
  }

  /** How many chunks each entry of a list of lists stands for. */
  #capacity(count: number, entries: number): number {
    const { listEntries } = this.#layout
    let each = listEntries
    while (each * listEntries < count) each *= listEntries
    return entries > 1 ? each : count
  }

  async #list(cid: CID, level: number): Promise<ChunkList> {
    const known = this.#lists[level]
    if (known?.cid.equals(cid)) return known.list
    if (level > MAX_LEVELS) throw this.#damaged('its lists of chunks do not end')
    const list = decodeChunkList(await this.#block(cid, this.#packs))
    this.#lists[level] = { cid, list }
    return list
  }

  /**
   * The packs in the order in which they are asked for a chunk: that where it lies as packs are cut, those before it, where
   * it lies if chunks came twice, and the others. So a beginning does not wait for what stands behind it.
   */
  #packsFor(number: number): readonly PackReader[] {
    const { chunkBytes, packBytes } = this.#layout
    const inOrder = [...this.#packs].reverse()
    const place = Math.floor(number / Math.max(1, Math.floor(packBytes / chunkBytes)))
    return [...inOrder.slice(0, place + 1).reverse(), ...inOrder.slice(place + 1)]
  }

  /** Damage is told rather than that another pack is out of reach: it can be mended. */
  async #block(cid: CID, packs: readonly PackReader[]): Promise<Uint8Array> {
    let failure: unknown
    for (const pack of packs) {
      try {
        const place = await this.#placeIn(pack, cid.multihash.digest)
        if (place !== undefined) return await readBlock(pack, place, cid)
      } catch (error) {
        if (failure === undefined || hasErrorCode(error, 'CORRUPT')) failure = error
      }
    }
    throw failure ?? this.#damaged('its packs do not hold all of it')
  }

  async #placeIn(pack: PackReader, digest: Uint8Array): Promise<BlockPlace | undefined> {
    const directory = await pack.directory()
    const number = directory.pageOf(digest)
    if (number === undefined) return undefined
    const pages = this.#pages.get(pack) ?? new Map<number, IndexPage>()
    this.#pages.set(pack, pages)
    const page = pages.get(number) ?? (await pack.readPage(number))
    pages.set(number, page)
    return page.find(digest)
  }

  #damaged(reason: string): FirekeepError {
    return new FirekeepError('CORRUPT', `an attachment is damaged: ${reason}`)
  }
}

/** More than any file has, however large. */
const MAX_LEVELS = 4

async function readBlock(
  pack: PackReader,
  { frame, offset, length }: BlockPlace,
  cid: CID,
): Promise<Uint8Array> {
  const bytes = await pack.readFrame(frame, content => {
    const isThere = readBlockFrame(content, frame === 0).some(
      ({ start, end }) => start === offset && end === offset + length,
    )
    return isThere ? content.subarray(offset, offset + length) : undefined
  })
  if (bytes === undefined) throw damagedPack(pack.info.name, 'a block does not stand where its index says')
  try {
    await verifyBlock({ cid, bytes })
  } catch (cause) {
    throw damagedPack(pack.info.name, 'a chunk does not match its id', cause)
  }
  return bytes
}
