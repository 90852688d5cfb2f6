import { verifyBlock } from '../codec/block.js'
import { decodeBody } from '../codec/body.js'
import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import type { Commit, Operation } from '../commits/commit.js'
import { type Rightfulness, verifyCommit } from '../commits/verify-commit.js'
import { type FirekeepError, hasErrorCode } from '../errors.js'
import { toBase32 } from '../primitives/bytes.js'
import type { TimeSlice } from '../primitives/time-slice.js'
import { loadCommit } from '../state/load-commits.js'
import type { LoadedCommit } from '../state/view.js'
import type { FindingList, FindingPlace } from './finding-list.js'
import type { FoundCommit, StoredHistory } from './stored-history.js'
import type { StoredTrees } from './stored-trees.js'

export interface CommitCheckParts extends Rightfulness {
  readonly history: StoredHistory
  readonly trees: readonly StoredTrees[]
  readonly findings: FindingList
  readonly slice: TimeSlice
}

/** Checks commits one by one, parents first, and the contents that they name. */
export class CommitChecks {
  readonly #parts: CommitCheckParts
  readonly #heightByKey = new Map<CidKey, number>()
  /** The documents of all commits. */
  readonly ids = new Set<string>()
  /** File pack -> a version that has an attachment in it, the last one that was checked. */
  readonly fileUsers = new Map<string, FindingPlace>()
  #pruned = 0

  constructor(parts: CommitCheckParts) {
    this.#parts = parts
  }

  /** How many contents were erased. */
  get pruned(): number {
    return this.#pruned
  }

  /** Whether a commit and all that it builds on are here and valid. */
  isValid(key: CidKey): boolean {
    return this.#heightByKey.has(key)
  }

  /** Checks commits whose parents were checked, and answers those that are valid, with their contents. */
  async check(found: readonly FoundCommit[]): Promise<LoadedCommit[]> {
    const signed = await Promise.all(found.map(commit => this.#readSigned(commit)))
    const valid: LoadedCommit[] = []
    for (const [i, commit] of signed.entries()) {
      const place = (found[i] as FoundCommit).place
      if (commit === undefined || !this.#hasItsPlace(commit, place)) continue
      this.#heightByKey.set(commit.key, commit.height)
      valid.push(await this.#load(commit, place))
      await this.#parts.slice.mayEnd()
    }
    return valid
  }

  async #readSigned(found: FoundCommit): Promise<Commit | undefined> {
    const { history, findings } = this.#parts
    const place = { commit: found.cid.toString(), place: found.place }
    try {
      const commit = await history.commit(found)
      await verifyCommit(commit, this.#parts)
      return commit
    } catch (error) {
      findings.addError(error, 'a commit does not hold', place)
      return undefined
    }
  }

  #hasItsPlace({ cid, parents, height }: Commit, place: string): boolean {
    const { history, findings } = this.#parts
    const commit = cid.toString()
    let highest = 0
    let isComplete = true
    for (const parent of parents) {
      const key = cidToKey(parent)
      const known = this.#heightByKey.get(key)
      if (known !== undefined) highest = Math.max(highest, known)
      else isComplete = false
      if (!history.has(parent))
        findings.add('BLOCK_MISSING', `commit ${parent} is missing: ${commit} builds on it`, {
          commit: parent.toString(),
        })
      else if (known === undefined)
        findings.add('INVALID_COMMIT', `commit ${commit} builds on ${parent}, which does not hold`, {
          commit,
          place,
        })
    }
    if (!isComplete || height === highest + 1) return isComplete
    const text = `commit ${commit} claims height ${height}, its parents give ${highest + 1}`
    findings.add('INVALID_COMMIT', text, { commit, place })
    return false
  }

  async #load(commit: Commit, place: string): Promise<LoadedCommit> {
    const bytesByKey = new Map<CidKey, Uint8Array>()
    for (const op of commit.ops) {
      const { body } = op
      this.ids.add(op.id)
      if (body === null) continue
      const bytes = await this.#content(commit, { ...op, body }, place)
      if (bytes === undefined) continue
      bytesByKey.set(cidToKey(body), bytes)
      for (const digest of op.files ?? [])
        this.fileUsers.set(toBase32(digest), { commit: commit.cid.toString(), id: op.id })
    }
    return loadCommit(commit, cid => bytesByKey.get(cidToKey(cid)))
  }

  /** A content that is what its id says; `undefined` where it was erased, or is damaged, which is a finding then. */
  async #content(
    { cid }: Commit,
    { id, body }: Operation & { readonly body: CID },
    place: string,
  ): Promise<Uint8Array | undefined> {
    const { findings } = this.#parts
    const where = { commit: cid.toString(), id }
    try {
      const bytes = await this.#read(id, body)
      if (bytes === undefined) {
        this.#pruned++
        return undefined
      }
      await verifyBlock({ cid: body, bytes })
      decodeBody(id, bytes)
      return bytes
    } catch (error) {
      const known = (error as FirekeepError).details?.pack === undefined ? { place } : {}
      findings.addError(error, `the content of document ${JSON.stringify(id)} by commit ${cid}`, {
        ...known,
        ...where,
      })
      return undefined
    }
  }

  /** `undefined` where every place that may have it can be read, and none has it. */
  async #read(id: string, body: CID): Promise<Uint8Array | undefined> {
    const { history, trees } = this.#parts
    for (const tree of trees) {
      const inline = await tree.inline(body)
      if (inline !== undefined) return inline
    }
    try {
      return await history.block(body)
    } catch (error) {
      const isInNoPack = hasErrorCode(error, 'BLOCK_MISSING') && !('pack' in (error as FirekeepError).details)
      if (!isInNoPack) throw error
    }
    // It may stand in a page of the docs tree that cannot be read: then this fails.
    for (const { snapshot, isWhole } of trees) if (!isWhole.docs) await snapshot.entry(id)
    return undefined
  }
}
