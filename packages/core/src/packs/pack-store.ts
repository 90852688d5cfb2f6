import { type Block, RAW } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { ByteCache } from '../primitives/byte-cache.js'
import { type MaybePromise, whenReady } from '../primitives/maybe-promise.js'
import type { Storage } from '../storage/storage.js'
import { groupIntoFrames } from './block-frame.js'
import type { BlockReader } from './block-reader.js'
import { type DigestKey, digestKey } from './digest-key.js'
import { OpenFrame } from './open-frame.js'
import type { PackDirectory } from './pack-directory.js'
import { damagedPack } from './pack-error.js'
import { type BlockPlace, type IndexPage, PAGE_BYTES } from './pack-index.js'
import type { PackInfo } from './pack-info.js'
import { packKey } from './pack-key.js'
import { PackReader, type PackReaderParts, type ReadCounts } from './pack-reader.js'
import type { PackSource } from './pack-source.js'

/** What a pack holds: nodes of trees (codec raw), or commits and bodies (all others). */
export type PackKind = 'tree' | 'history'

export interface PackStoreOptions {
  readonly storage: Pick<Storage, 'getRange'>
  /** Of the kind of the packs. */
  readonly sealer: Sealer
  /** The most bytes of opened frames and index pages that stay in memory. */
  readonly cacheBytes: number
  /** The storage key of a pack; `pack/` and its name unless given. */
  readonly keyOf?: (name: string) => string
}

/** An index of up to so many bytes is read as a whole: what two or three reads of single pages cost. */
const WHOLE_INDEX_BYTES = 512 * 1024

/**
 * Finds and reads blocks in the packs of one storage, and of a remote where the storage does not have them: directory
 * (once per pack), index page, block frame; pages and frames stay in a bounded cache. Whoever holds a block keeps the
 * frame it came with in memory.
 *
 * `get` fails with `BLOCK_MISSING` where no pack has the block; `details.pack` names a pack that should be there
 * and is gone from the storage, as after another tab dropped it, and `REMOTE_UNAVAILABLE` one that only the remote may
 * have, which does not answer. Damage is `CORRUPT` with the pack's name. Where another pack has the block whole, it is
 * read there.
 */
export class PackStore implements BlockReader {
  readonly #parts: PackReaderParts
  readonly #remote: NonNullable<PackReaderParts['remote']>
  readonly #cache: ByteCache<OpenFrame | IndexPage>
  readonly #frameByDigest = new Map<DigestKey, OpenFrame>()
  readonly #pendingByKey = new Map<string, Promise<OpenFrame | IndexPage>>()
  readonly #pendingIndexes = new Map<string, Promise<IndexPage[]>>()
  readonly #packByName = new Map<string, PackReader>()
  /** Newest first. The arrays are replaced, never changed, as searches go on meanwhile. */
  #packs: Readonly<Record<PackKind, readonly PackReader[]>> = { tree: [], history: [] }
  /** What was read from the storage so far. */
  readonly reads: Readonly<ReadCounts>
  /** What was read from the remote so far. */
  readonly remoteReads: Readonly<ReadCounts>

  constructor({ storage, sealer, cacheBytes, keyOf = packKey }: PackStoreOptions) {
    const reads = { ranges: 0, bytes: 0 }
    const remote = { source: undefined as PackSource | undefined, reads: { ranges: 0, bytes: 0 } }
    this.reads = reads
    this.remoteReads = remote.reads
    this.#remote = remote
    this.#parts = { storage, sealer, keyOf, reads, remote }
    this.#cache = new ByteCache(cacheBytes, part => this.#forgetPart(part))
  }

  /** Bytes of the cache in use. */
  get cachedBytes(): number {
    return this.#cache.size
  }

  /** Reads in these packs too, the last first, before those that are known. A pack that is known stays as it is. */
  use(packs: readonly PackInfo[], kind: PackKind): void {
    const added: PackReader[] = []
    for (const info of packs) {
      if (this.#packByName.has(info.name)) continue
      const pack = new PackReader(info, this.#parts)
      this.#packByName.set(info.name, pack)
      added.unshift(pack)
    }
    if (added.length > 0) this.#packs = { ...this.#packs, [kind]: [...added, ...this.#packs[kind]] }
  }

  /** Reads packs that the storage does not have from there; `undefined`: from nowhere. */
  useRemote(source: PackSource | undefined): void {
    this.#remote.source = source
  }

  /** Reads in these packs no more, and forgets what is in memory of them. */
  forget(names: readonly string[]): void {
    const gone = new Set(names)
    const isKept = ({ info }: PackReader) => !gone.has(info.name)
    this.#packs = { tree: this.#packs.tree.filter(isKept), history: this.#packs.history.filter(isKept) }
    for (const name of names) this.#packByName.delete(name)
    for (const key of this.#cache.keys()) if (gone.has(packOfKey(key))) this.#cache.delete(key)
  }

  /** Reads in no other packs than these any more. */
  keepOnly(names: ReadonlySet<string>): void {
    const others = [...this.#packByName.keys()].filter(name => !names.has(name))
    if (others.length > 0) this.forget(others)
  }

  get(cid: CID): MaybePromise<Uint8Array> {
    const digest = digestKey(cid)
    const frame = this.#frameByDigest.get(digest)
    if (frame === undefined) return this.#fetch(cid, digest)
    frame.wasUsed = true
    const bytes = frame.read(cid, digest)
    if (bytes instanceof Uint8Array) return bytes
    return whenReady(bytes, bytes => bytes ?? this.#fetch(cid, digest))
  }

  /** The pack whose index lists the block, `undefined` where none does. Reads no block. Fails as `get` does. */
  find(cid: CID): MaybePromise<PackInfo | undefined> {
    return this.#search(cid, pack =>
      whenReady(this.#placeOf(pack, cid), place => (place === undefined ? undefined : pack.info)),
    )
  }

  /** Takes blocks of a pack that was just written into the cache, so that they need not be read back. */
  remember(info: PackInfo, blocks: Iterable<Block>): void {
    let number = 0
    for (const group of groupIntoFrames(blocks)) {
      if (group.length > 0) this.#admit(OpenFrame.of(cacheKey(info.name, `written ${number++}`), group))
    }
  }

  /** All blocks of a pack in order, frame by frame, verified. The cache is neither used nor filled. */
  blocksOf(info: PackInfo): AsyncIterable<Block[]> {
    return (this.#packByName.get(info.name) ?? new PackReader(info, this.#parts)).blocks()
  }

  #fetch(cid: CID, digest: DigestKey): MaybePromise<Uint8Array> {
    const found = this.#search(cid, pack =>
      whenReady(this.#placeOf(pack, cid), place =>
        place === undefined ? undefined : this.#readBlock(pack, place, { cid, digest }),
      ),
    )
    return whenReady(found, bytes => {
      if (bytes !== undefined) return bytes
      throw new FirekeepError('BLOCK_MISSING', `block ${cid} is in no pack`, {
        details: { cid: cid.toString() },
      })
    })
  }

  #search<T>(cid: CID, look: (pack: PackReader) => MaybePromise<T | undefined>): MaybePromise<T | undefined> {
    return firstFound(this.#packs[cid.code === RAW ? 'tree' : 'history'], look)
  }

  /** Where a pack says that it has a block. */
  #placeOf(pack: PackReader, cid: CID): MaybePromise<BlockPlace | undefined> {
    const { digest } = cid.multihash
    return whenReady(pack.directory(), directory => {
      const page = directory.pageOf(digest)
      if (page === undefined) return undefined
      return whenReady(this.#indexPage(pack, directory, page), page => page.find(digest))
    })
  }

  /** Digests are random, so that all pages of a small index are soon wanted: one read brings them all. */
  #indexPage(pack: PackReader, directory: PackDirectory, page: number): MaybePromise<IndexPage> {
    const { name } = pack.info
    const keyOfPage = (page: number) => cacheKey(name, directory.blockFrames + page)
    const isSmall = directory.pages * PAGE_BYTES <= Math.min(WHOLE_INDEX_BYTES, this.#cache.limit / 4)
    if (!isSmall) return this.#shared(keyOfPage(page), () => pack.readPage(page)) as MaybePromise<IndexPage>
    const known = this.#cache.get(keyOfPage(page))
    if (known !== undefined) return known as IndexPage
    const pending = this.#pendingIndexes.get(name) ?? this.#readIndex(pack, keyOfPage)
    return pending.then(pages => pages[page] as IndexPage)
  }

  #readIndex(pack: PackReader, keyOfPage: (page: number) => string): Promise<IndexPage[]> {
    const { name } = pack.info
    const pending = pack
      .readPages()
      .then(pages => {
        for (const [page, content] of pages.entries()) this.#cache.set(keyOfPage(page), content)
        return pages
      })
      .finally(() => this.#pendingIndexes.delete(name))
    this.#pendingIndexes.set(name, pending)
    return pending
  }

  #readBlock(
    pack: PackReader,
    place: BlockPlace,
    { cid, digest }: { readonly cid: CID; readonly digest: DigestKey },
  ): MaybePromise<Uint8Array> {
    const key = cacheKey(pack.info.name, place.frame)
    const parse = (content: Uint8Array) => OpenFrame.parse(key, content, place.frame === 0)
    const frame = this.#shared(key, () => pack.readFrame(place.frame, parse)) as MaybePromise<OpenFrame>
    return whenReady(frame, frame =>
      whenReady(frame.stands(digest, place) ? frame.read(cid, digest) : undefined, bytes => {
        if (bytes !== undefined) return bytes
        throw damagedPack(pack.info.name, `block ${cid} does not match its id or its place`)
      }),
    )
  }

  /** A page or frame from the cache, or read; whoever wants it meanwhile shares the read. */
  #shared(key: string, read: () => Promise<OpenFrame | IndexPage>): MaybePromise<OpenFrame | IndexPage> {
    const known = this.#cache.get(key) ?? this.#pendingByKey.get(key)
    if (known !== undefined) return known
    const pending = read()
      .then(part => {
        if (part instanceof OpenFrame) this.#admit(part)
        else this.#cache.set(key, part)
        return part
      })
      .finally(() => this.#pendingByKey.delete(key))
    this.#pendingByKey.set(key, pending)
    return pending
  }

  #admit(frame: OpenFrame): void {
    // A block that is in memory already stays the array that it is.
    for (const digest of frame.digests) {
      if (!this.#frameByDigest.has(digest)) this.#frameByDigest.set(digest, frame)
    }
    this.#cache.set(frame.key, frame)
  }

  #forgetPart(part: OpenFrame | IndexPage): void {
    if (!(part instanceof OpenFrame)) return
    for (const digest of part.digests) {
      if (this.#frameByDigest.get(digest) === part) this.#frameByDigest.delete(digest)
    }
  }
}

/**
 * What the first pack says that says anything. A pack that is gone, out of reach or damaged is passed over, as another may have
 * the block too; where none has, that is the error.
 */
function firstFound<T>(
  packs: readonly PackReader[],
  look: (pack: PackReader) => MaybePromise<T | undefined>,
  from = 0,
  failure?: unknown,
): MaybePromise<T | undefined> {
  let failed = failure
  for (let i = from; i < packs.length; i++) {
    try {
      const found = look(packs[i] as PackReader)
      if (found instanceof Promise) {
        return found.then(
          found => found ?? firstFound(packs, look, i + 1, failed),
          error => firstFound(packs, look, i + 1, failed ?? passable(error)),
        )
      }
      if (found !== undefined) return found
    } catch (error) {
      failed ??= passable(error)
    }
  }
  if (failed !== undefined) throw failed
  return undefined
}

function passable(error: unknown): unknown {
  const isOfPack = ['BLOCK_MISSING', 'CORRUPT', 'REMOTE_UNAVAILABLE'] as const
  if (isOfPack.some(code => hasErrorCode(error, code))) return error
  throw error
}

// No name of a pack holds a slash.
function cacheKey(pack: string, part: number | string): string {
  return `${pack}/${part}`
}

function packOfKey(key: string): string {
  return key.slice(0, key.indexOf('/'))
}
