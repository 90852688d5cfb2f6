import { type CID, type CidKey, cidToKey } from '../codec/cid.js'
import { type AncestorQuestion, type CommitNode, type CommitRef, findAncestors } from '../commits/ancestry.js'
import type { Commit, Operation } from '../commits/commit.js'
import { LruMap } from '../primitives/lru-map.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import type { PlacedCommit } from './snapshot.js'
import type { View } from './view.js'

/** Finds a commit of the history, and its place in it. */
export type FindCommit = (cid: CID) => MaybePromise<PlacedCommit | undefined>

/** Commits that are kept decoded: the documents of a large one mostly lead to a few others. */
const KEPT_COMMITS = 64
/** Answers about ancestors that are kept: mostly few pairs of commits are asked about for many documents. */
const KEPT_ANSWERS = 4096

/**
 * Reads the history of one view for work on many documents: a commit of thousands of them is decoded once and not for
 * each, and what is known of ancestors is not asked again.
 */
export class HistoryReader {
  readonly view: View
  readonly #find: FindCommit
  readonly #commits = new LruMap<CidKey, Promise<PlacedCommit | undefined>>(KEPT_COMMITS)
  readonly #answers = new LruMap<string, boolean>(KEPT_ANSWERS)
  #nextWalk: Walk | undefined
  #lastWalk: Promise<unknown> = Promise.resolve()
  readonly #opsByCommit = new WeakMap<Commit, ReadonlyMap<string, Operation>>()

  constructor(view: View, find: FindCommit = cid => view.findCommit(cid)) {
    this.view = view
    this.#find = find
  }

  /** A commit of the history and its place; `undefined` for any other id. */
  readonly find: FindCommit = cid => {
    const key = cidToKey(cid)
    const kept = this.#commits.get(key)
    if (kept !== undefined) return kept
    const found = Promise.resolve(this.#find(cid))
    this.#commits.set(key, found)
    return found
  }

  async nodeOf(ref: CommitRef): Promise<CommitNode | undefined> {
    return this.view.nodeOf(ref)
  }

  /** What a commit did to a document; `undefined` where it does not touch it. */
  operationOf(commit: Commit, id: string): Operation | undefined {
    // To look through a few is faster than to order them.
    if (commit.ops.length < 16) return commit.ops.find(op => op.id === id)
    const known = this.#opsByCommit.get(commit)
    if (known !== undefined) return known.get(id)
    const ops = new Map(commit.ops.map(op => [op.id, op]))
    this.#opsByCommit.set(commit, ops)
    return ops.get(id)
  }

  /** As `findAncestors`; each pair of commits is walked for once, and whoever asks during a walk shares the next one. */
  async findAncestors(questions: readonly AncestorQuestion[]): Promise<boolean[]> {
    const names = questions.map(nameOf)
    const answers = new Map<string, boolean | undefined>(names.map(name => [name, this.#answers.get(name)]))
    const open = questions.filter((_, i) => answers.get(names[i] as string) === undefined)
    if (open.length > 0) {
      this.#nextWalk ??= this.#planWalk()
      for (const question of open) this.#nextWalk.questions.set(nameOf(question), question)
      for (const [name, answer] of await this.#nextWalk.answers) answers.set(name, answer)
    }
    return names.map(name => answers.get(name) as boolean)
  }

  #planWalk(): Walk {
    const questions = new Map<string, AncestorQuestion>()
    const answers = this.#lastWalk.then(async () => {
      this.#nextWalk = undefined
      const found = await findAncestors([...questions.values()], ref => this.view.nodeOf(ref))
      const answers = new Map([...questions.keys()].map((name, i) => [name, found[i] as boolean]))
      for (const [name, answer] of answers) this.#answers.set(name, answer)
      return answers
    })
    this.#lastWalk = answers.catch(() => undefined)
    return { questions, answers }
  }
}

/** Questions about ancestors, by name, and what becomes of them. */
interface Walk {
  readonly questions: Map<string, AncestorQuestion>
  readonly answers: Promise<ReadonlyMap<string, boolean>>
}

// All keys are of one length.
function nameOf({ commit, ancestor }: AncestorQuestion): string {
  return commit.key + ancestor.key
}
