import { type Block, DAG_JSON, RAW } from '../codec/block.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type Commit, decodeCommit } from '../commits/commit.js'
import { type Rightfulness, verifyCommit } from '../commits/verify-commit.js'
import type { DatabaseSecrets } from '../crypto/secrets.js'
import { FirekeepError } from '../errors.js'
import { ByteReader } from '../primitives/byte-reader.js'
import { equalBytes, toBase32 } from '../primitives/bytes.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { readCarBlocks } from './car-blocks.js'
import { IdChain } from './id-chain.js'
import { decodeEnding, decodeManifest, type Manifest, type Trailer } from './manifest.js'
import { otherDatabase } from './other-database.js'

/** A commit of an archive, and those of its contents that it has. */
export interface ArchivedCommit {
  readonly commit: Commit
  readonly contents: readonly Block[]
}

export interface ArchiveChecks extends Rightfulness {
  readonly secrets: Pick<DatabaseSecrets, 'lineage' | 'lineageId' | 'writePublicKey' | 'readKey'>
  /** Whether a commit is part of the history: those of an archive of contents have to be. */
  readonly isKnown: (commit: Commit) => Promise<boolean>
  /** Takes the file packs that stand behind the commits. */
  readonly files: ArchivedFiles
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Takes file packs, piece by piece. */
export interface ArchivedFiles {
  /** A pack of this digest begins. */
  begin(digest: Uint8Array): Promise<void>
  add(bytes: Uint8Array): Promise<void>
  /** The pack has ended, if one has begun. Where its bytes are not those of its digest, that is noted. */
  end(): Promise<void>
}

/** Signatures are checked on other threads: this many are under way together, or commits of so many bytes. */
const AT_ONCE = 64
const BYTES_AT_ONCE = 1024 * 1024

/**
 * Reads an archive and checks every byte of it, the commits as those that come from a remote. What it yields is to be
 * taken in only when it has ended: that the archive is whole is known then.
 */
export async function* readArchive(
  source: AsyncIterable<Uint8Array>,
  checks: ArchiveChecks,
): AsyncGenerator<readonly ArchivedCommit[], void> {
  const reader = new ByteReader(source)
  try {
    const contents = new ArchiveContents(checks)
    for await (const block of readCarBlocks(reader)) {
      throwIfAborted(checks.signal)
      await contents.add(block)
      if (contents.isFull) yield await contents.takeVerified()
    }
    yield await contents.end()
  } finally {
    await reader.close()
  }
}

/** Puts together what the blocks of an archive are, in their order. */
class ArchiveContents {
  readonly #checks: ArchiveChecks
  readonly #chain = new IdChain()
  readonly #heightByKey = new Map<CidKey, number>()
  readonly #heads = new Map<CidKey, CID>()
  #manifest: Manifest | undefined
  #hasEnded = false
  #hasFile = false
  #seen = 0
  #verified = 0
  #bytes = 0
  /** Not handed out yet; to the last one contents may still come. */
  readonly #commits: { readonly commit: Commit; readonly contents: Block[]; next: number }[] = []
  /** The last commit that was verified before its time, as its contents are many. */
  #isRightful: Commit | undefined

  constructor(checks: ArchiveChecks) {
    this.#checks = checks
  }

  /** Whether there is enough to be handed out. */
  get isFull(): boolean {
    return this.#commits.length > 1 && (this.#commits.length > AT_ONCE || this.#bytes >= BYTES_AT_ONCE)
  }

  async add(block: Block): Promise<void> {
    if (this.#hasEnded) throw damaged('something stands behind its end')
    const manifest = this.#manifest
    if (manifest === undefined) this.#begin(decodeManifest(block))
    else if (block.cid.code === DAG_JSON) await this.#addContent(block)
    else if (this.#seen < manifest.commits) await this.#addCommit(decodeCommit(block), manifest)
    else if (block.cid.code === RAW) await this.#addPiece(block)
    else {
      const ending = decodeEnding(block)
      await this.#checks.files.end()
      if (!('pack' in ending)) return this.#finish(ending, manifest)
      await this.#checks.files.begin(ending.pack)
      this.#hasFile = true
    }
    this.#bytes += block.bytes.length
    await this.#chain.add(block.cid)
  }

  /** All commits but the last one, whose contents may not be complete, verified. */
  async takeVerified(): Promise<readonly ArchivedCommit[]> {
    const taken = this.#commits.splice(0, this.#commits.length - 1)
    return this.#verify(taken)
  }

  /** What is left, once the archive is known to be whole. */
  async end(): Promise<readonly ArchivedCommit[]> {
    if (!this.#hasEnded) throw damaged('it is cut off')
    return this.#verify(this.#commits.splice(0))
  }

  async #verify(commits: readonly ArchivedCommit[]): Promise<readonly ArchivedCommit[]> {
    const { onProgress } = this.#checks
    await Promise.all(commits.map(({ commit }) => verifyCommit(commit, this.#checks)))
    this.#verified += commits.length
    this.#bytes = 0
    if (commits.length > 0) onProgress?.({ done: this.#verified, total: this.#manifest?.commits ?? 0 })
    return commits
  }

  #begin(manifest: Manifest): void {
    const { lineage, lineageId, writePublicKey, readKey } = this.#checks.secrets
    if (!equalBytes(manifest.db, lineage)) throw otherDatabase(toBase32(manifest.db), lineageId)
    const { read, write } = manifest.keys
    if (!equalBytes(read, readKey.publicKey) || !equalBytes(write, writePublicKey))
      throw damaged('its keys are not those of the database')
    this.#manifest = manifest
  }

  async #addCommit(commit: Commit, { kind }: Manifest): Promise<void> {
    const { key, cid, height, parents } = commit
    if (this.#heightByKey.has(key)) throw damaged(`commit ${cid} stands in it twice`)
    if (kind === 'export') this.#checkPlace(commit)
    else if (!(await this.#checks.isKnown(commit))) throw unknownCommit(cid)
    for (const parent of parents) this.#heads.delete(cidToKey(parent))
    this.#heads.set(key, cid)
    this.#heightByKey.set(key, height)
    this.#commits.push({ commit, contents: [], next: 0 })
    this.#seen++
  }

  #checkPlace({ cid, height, parents }: Commit): void {
    const heights = parents.map(parent => this.#heightByKey.get(cidToKey(parent)))
    if (heights.includes(undefined)) throw damaged(`a parent of commit ${cid} is missing`)
    let highest = 0
    for (const each of heights) highest = Math.max(highest, each as number)
    if (height === highest + 1) return
    const rule = `commit ${cid} claims height ${height}, its parents give ${highest + 1}`
    throw new FirekeepError('INVALID_COMMIT', rule, { details: { cid: cid.toString() } })
  }

  async #addContent(block: Block): Promise<void> {
    const current = this.#commits.at(-1)
    const at = current?.commit.ops.findIndex(
      ({ body }, i) => i >= current.next && body !== null && body.equals(block.cid),
    )
    if (current === undefined || at === undefined || at < 0) throw damaged('a content is of no commit')
    current.contents.push(block)
    current.next = at + 1
    // All contents of a commit are in memory together: nobody without the right to write makes that much.
    if (this.#bytes < BYTES_AT_ONCE || this.#isRightful === current.commit) return
    await verifyCommit(current.commit, this.#checks)
    this.#isRightful = current.commit
  }

  async #addPiece({ bytes }: Block): Promise<void> {
    if (!this.#hasFile) throw damaged('bytes stand in it that belong to nothing')
    await this.#checks.files.add(bytes)
  }

  #finish({ blocks, digest }: Trailer, { kind, heads }: Manifest): void {
    if (blocks !== this.#chain.count || !equalBytes(digest, this.#chain.digest))
      throw damaged('it does not hold what it says')
    if (kind === 'export' && heads.map(cidToKey).join() !== [...this.#heads.keys()].sort().join())
      throw damaged('its commits are not the history that it says')
    this.#hasEnded = true
  }
}

function damaged(reason: string): FirekeepError {
  return new FirekeepError('CORRUPT', `the archive is damaged: ${reason}`)
}

function unknownCommit(cid: CID): FirekeepError {
  return new FirekeepError(
    'UNKNOWN_CLOCK',
    `the archive holds contents of commit ${cid}, which this database does not have: import an export or sync first`,
    { details: { commit: cid.toString() } },
  )
}
