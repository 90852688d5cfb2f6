import type { Block } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { hasErrorCode } from '../errors.js'
import type { Ledger } from '../ledger/ledger.js'
import type { MaybePromise } from '../primitives/maybe-promise.js'
import { loadCommits } from '../state/load-commits.js'
import type { LoadedCommit, View } from '../state/view.js'
import type { ArchivedCommit } from './read-archive.js'
import type { Spool } from './spool.js'

/** Commits with their contents, as a spool keeps them. */
export function toSpooled(commits: readonly ArchivedCommit[]): Uint8Array {
  return encodeCar(
    [],
    commits.flatMap(({ commit, contents }) => [{ cid: commit.cid, bytes: commit.bytes }, ...contents]),
  )
}

export interface TakenIn {
  /** Commits that were not here. */
  readonly fresh: number
  /** Whether commits that were here lack contents that came. */
  readonly lacksContents: boolean
}

/**
 * Appends what is new of verified commits, parents first, so that whoever is interrupted leaves a history that is
 * closed under parents and can be continued.
 */
export async function takeInArchive(
  spool: Spool,
  ledger: Ledger,
  read: <T>(run: (view: View) => MaybePromise<T>) => MaybePromise<T>,
): Promise<TakenIn> {
  let fresh = 0
  let lacksContents = false
  for await (const { commits, blocks } of spooledCommits(spool)) {
    fresh += await ledger.exclusive(async writer => {
      const own: LoadedCommit[] = []
      for (const loaded of commits) if (!(await isHere(loaded, writer.view))) own.push(loaded)
      const wanted = new Set(own.flatMap(keysOf))
      if (own.length > 0)
        await writer.append({ blocks: blocks.filter(({ cid }) => wanted.has(cidToKey(cid))), commits: own })
      return own.length
    })
    lacksContents ||= (await read(view => missingContents(commits, view))).length > 0
  }
  return { fresh, lacksContents }
}

/** A content that lacks here, and the file packs that it names. */
export interface LackingContent extends Block {
  readonly files: readonly Uint8Array[]
}

/** The contents that are missing here, of commits that are: those that were erased, and those that are damaged. */
export async function missingContents(
  commits: readonly LoadedCommit[],
  view: View,
): Promise<LackingContent[]> {
  const missing: LackingContent[] = []
  for (const { commit, documents } of commits) {
    const node = await view.nodeOf(commit)
    if (node === undefined) continue
    for (const op of commit.ops) {
      const bytes = documents.get(op.id)?.body
      const { body } = op
      if (body === null || bytes === undefined) continue
      try {
        const found = view.bodyOf(node, { ...op, body })
        if (found instanceof Promise) await found
      } catch (error) {
        if (!hasErrorCode(error, 'PRUNED') && !hasErrorCode(error, 'CORRUPT')) throw error
        missing.push({ cid: body, bytes, files: op.files ?? [] })
      }
    }
  }
  return missing
}

/** The groups of a spool, with the blocks they were read from. */
export async function* spooledCommits(
  spool: Spool,
): AsyncGenerator<{ readonly commits: readonly LoadedCommit[]; readonly blocks: readonly Block[] }, void> {
  for await (const car of spool.read()) {
    const { blocks } = decodeCar(car)
    yield { commits: loadCommits(blocks).commits, blocks }
  }
}

async function isHere({ commit }: LoadedCommit, view: View): Promise<boolean> {
  return view.pending.has(commit.key) || (await view.nodeOf(commit)) !== undefined
}

function keysOf({ commit }: LoadedCommit): CidKey[] {
  return [commit.key, ...commit.ops.flatMap(({ body }) => (body === null ? [] : [cidToKey(body)]))]
}
