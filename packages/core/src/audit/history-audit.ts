import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { compareNodes } from '../commits/ancestry.js'
import { throwIfAborted } from '../primitives/throw-if-aborted.js'
import { type CommitCheckParts, CommitChecks } from './check-commits.js'
import { checkTreePlaces } from './check-tree-places.js'
import { compareTrees } from './compare-trees.js'
import { FindingList, type FindingPlace } from './finding-list.js'
import { type FoldView, StateRebuild } from './state-rebuild.js'
import type { FoundCommit, FoundSnapshot } from './stored-history.js'

export interface HistoryAuditParts extends CommitCheckParts {
  readonly fold: FoldView
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** Commits that are checked together: signatures are checked on other threads. */
const BATCH = 64

/** Checks the commits of what was read, and what is said of them against the state that they give. */
export class HistoryAudit {
  readonly #parts: HistoryAuditParts
  readonly #checks: CommitChecks
  #clock: readonly string[] = []
  #commits = 0
  #documents = 0

  constructor(parts: HistoryAuditParts) {
    this.#parts = parts
    this.#checks = new CommitChecks(parts)
  }

  /** What was counted, once it has run. */
  get result() {
    const pruned = this.#checks.pruned
    return { clock: this.#clock, commits: this.#commits, documents: this.#documents, pruned }
  }

  /** File pack -> a version that has an attachment in it. */
  get fileUsers(): ReadonlyMap<string, FindingPlace> {
    return this.#checks.fileUsers
  }

  async run(): Promise<void> {
    const { history, trees, findings } = this.#parts
    const [first, ...others] = history.snapshots
    const folded = first === undefined ? [] : this.#closure(headsOf(first))
    const all = this.#closure([
      ...history.snapshots.flatMap(headsOf),
      ...history.recent.map(({ cid }) => cid),
    ])
    const rebuild = this.#startRebuild()
    // What the first snapshot stands for comes first, so that the state can be compared there.
    await this.#check(folded, all.length, rebuild)
    if (first !== undefined) await this.#compare(first, folded, rebuild)
    const done = new Set(folded.map(({ key }) => key))
    const rest = all.filter(({ key }) => !done.has(key))
    await this.#check(rest, all.length, rebuild)
    for (const snapshot of others) await this.#compareAnew(snapshot)
    await checkTreePlaces(trees, history, { ids: this.#checks.ids, commits: all, findings })
    this.#clock = rebuild.view.clock
    for await (const page of rebuild.view.pages())
      for (const { leaves } of page) if (leaves[0]?.body !== null) this.#documents++
  }

  async #check(commits: readonly FoundCommit[], total: number, rebuild: StateRebuild): Promise<void> {
    const { onProgress, signal } = this.#parts
    for (const batch of batchesOf(commits)) {
      throwIfAborted(signal)
      await rebuild.add(await this.#checks.check(batch))
      this.#commits += batch.length
      onProgress?.({ done: this.#commits, total })
    }
  }

  /** Only of a snapshot whose commits are all there and valid it is known what it should say. */
  async #compare(
    snapshot: FoundSnapshot,
    commits: readonly FoundCommit[],
    rebuild: StateRebuild,
  ): Promise<void> {
    const { history, trees, findings } = this.#parts
    const stored = trees.find(({ place }) => place === snapshot.place)
    const isWhole = headsOf(snapshot).every(cid => history.has(cid)) && this.#areValid(commits)
    if (isWhole && stored !== undefined) await compareTrees(snapshot, stored, await rebuild.fold(), findings)
  }

  /** Several snapshots have a history each. Its commits were checked with the others. */
  async #compareAnew(snapshot: FoundSnapshot): Promise<void> {
    const commits = this.#closure(headsOf(snapshot))
    if (!this.#areValid(commits)) return
    const rebuild = this.#startRebuild()
    const checks = new CommitChecks({ ...this.#parts, findings: new FindingList() })
    for (const batch of batchesOf(commits)) {
      throwIfAborted(this.#parts.signal)
      await rebuild.add(await checks.check(batch))
    }
    await this.#compare(snapshot, commits, rebuild)
  }

  #areValid(commits: readonly FoundCommit[]): boolean {
    return commits.every(({ key }) => this.#checks.isValid(key))
  }

  #startRebuild(): StateRebuild {
    const { history, trees, fold } = this.#parts
    const get = async (cid: CID) => {
      for (const tree of trees) {
        const inline = await tree.inline(cid)
        if (inline !== undefined) return inline
      }
      return history.block(cid)
    }
    return new StateRebuild(fold, { get })
  }

  /** The commits that were found of these and all that they build on, parents first. */
  #closure(heads: readonly CID[]): FoundCommit[] {
    const { commitByKey } = this.#parts.history
    const found = new Map<CidKey, FoundCommit>()
    const open = heads.map(cidToKey)
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      const commit = found.has(key) ? undefined : commitByKey.get(key)
      if (commit === undefined) continue
      found.set(key, commit)
      for (const parent of commit.parents) open.push(cidToKey(parent))
    }
    return [...found.values()].sort(compareNodes)
  }
}

function headsOf({ record }: FoundSnapshot): CID[] {
  return record.heads.map(({ cid }) => cid)
}

function* batchesOf(commits: readonly FoundCommit[]): Generator<readonly FoundCommit[]> {
  for (let start = 0; start < commits.length; start += BATCH) yield commits.slice(start, start + BATCH)
}
