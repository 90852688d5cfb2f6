import { type CidKey, cidToKey } from '../codec/cid.js'
import type { Commit } from '../commits/commit.js'
import type { CommitBatch } from '../ledger/commit-batch.js'
import type { LoadedCommit, View } from '../state/view.js'
import type { OpenedEntry } from './log-opener.js'

/** What a step of a log brings. */
export interface Arrival {
  /** Commits that the history lacks, with their blocks. */
  readonly fresh: CommitBatch
  /** All commits of the step, also those that were known. */
  readonly commits: readonly Commit[]
  /** Those of them that were known. */
  readonly known: readonly Commit[]
}

/** Finds what of opened entries is new to a history. */
export async function findFresh(opened: readonly OpenedEntry[], view: View): Promise<Arrival> {
  const commits = opened.flatMap(({ batch }) => batch.commits)
  const isKnown: boolean[] = []
  for (const { commit } of commits) {
    const found = view.nodeOf(commit)
    const node = found instanceof Promise ? await found : found
    isKnown.push(node !== undefined || view.pending.has(commit.key))
  }
  const fresh = commits.filter((_, i) => !isKnown[i])
  const wanted = new Set(fresh.flatMap(blockKeys))
  const known = new Set(commits.filter((_, i) => isKnown[i]).flatMap(blockKeys))
  const blocks = opened
    .flatMap(({ batch }) => batch.blocks)
    .filter(({ cid }) => wanted.has(cidToKey(cid)) || !known.has(cidToKey(cid)))
  const toCommits = (loaded: readonly LoadedCommit[]) => loaded.map(({ commit }) => commit)
  return {
    fresh: { blocks, commits: fresh },
    commits: toCommits(commits),
    known: toCommits(commits.filter((_, i) => isKnown[i])),
  }
}

function blockKeys({ commit }: CommitBatch['commits'][number]): CidKey[] {
  return [commit.key, ...commit.ops.flatMap(({ body }) => (body === null ? [] : [cidToKey(body)]))]
}
