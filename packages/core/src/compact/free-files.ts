import { FirekeepError, hasErrorCode } from '../errors.js'
import type { FoldBasis } from '../ledger/folded-state.js'
import type { Ledger, LedgerStore } from '../ledger/ledger.js'
import { STATE_PREFIX } from '../packs/state-keys.js'
import { toBase32 } from '../primitives/bytes.js'
import type { View } from '../state/view.js'
import type { Erased } from './erased.js'
import { ForeignFiles, namesOf } from './foreign-files.js'
import { keptFiles } from './kept-files.js'

/** The keys that hold these file packs, of those that are here. */
export type FileKeys = (store: LedgerStore, names: ReadonlySet<string>) => Promise<readonly string[]>

export interface FreeFilesParts {
  readonly ledger: Ledger
  readonly store: LedgerStore
  readonly fileKeys: FileKeys
}

/** Each has up to some dozen keys. */
const PACKS_AT_ONCE = 16

/**
 * Removes the file packs that only contents name which are erased. A pack stays while any other version names it, here or
 * in another database of the storage; what nobody ever named is not touched. Called before the contents are folded away:
 * who is interrupted finds them again.
 */
export async function freeFiles(parts: FreeFilesParts, basis: FoldBasis, erased: Erased): Promise<void> {
  const named = await keptFiles(basis, { erased: new Map(), mustErase: false })
  if (named.length === 0) return
  const freed = new Set(named.map(toBase32))
  for (const digest of await keptFiles(basis, { erased, mustErase: true })) freed.delete(toBase32(digest))
  if (freed.size > 0) await remove(parts, basis, freed)
}

/**
 * A few at a time, so that no write waits for long. Where others write meanwhile, only the step that was refused is done
 * again. `STALE` where somebody compacted: then the basis says nothing of now.
 */
async function remove(parts: FreeFilesParts, basis: FoldBasis, freed: ReadonlySet<string>): Promise<void> {
  const foreign = new ForeignFiles(parts.store.records)
  const names = [...freed]
  for (let at = 0; at < names.length; at += PACKS_AT_ONCE) {
    let slice: ReadonlySet<string> | undefined = new Set(names.slice(at, at + PACKS_AT_ONCE))
    while (slice !== undefined && slice.size > 0) {
      await foreign.read()
      const keys = await parts.fileKeys(parts.store, slice)
      slice = await removeStep({ ...parts, basis, foreign }, slice, keys)
    }
  }
}

interface StepParts extends FreeFilesParts {
  readonly basis: FoldBasis
  readonly foreign: ForeignFiles
}

/** Answers which of them are left to be removed. */
function removeStep(
  { ledger, store, basis, foreign }: StepParts,
  names: ReadonlySet<string>,
  keys: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  return ledger.exclusive(async writer => {
    await writer.refresh()
    // As of one moment, which the guard is over.
    const seen = { prefix: STATE_PREFIX, keys: store.records.knownKeys }
    if (String((await writer.capture()).snapshotKeys) !== String(basis.snapshotKeys)) throw outrun()
    const others = await foreign.read()
    if (others === undefined) return undefined
    const since = new Set(namedSince(writer.view, basis.view))
    const left = new Set([...names].filter(name => !since.has(name) && !others.has(name)))
    if (left.size < names.size || keys.length === 0) return keys.length === 0 ? undefined : left
    try {
      await store.storage.batch([], keys, { seen, reserve: true })
      return undefined
    } catch (error) {
      if (!hasErrorCode(error, 'STALE')) throw error
      return left
    }
  })
}

/** What commits name that came since, those that wait for their parents included. */
function* namedSince(view: View, before: View): Generator<string> {
  const commits = [...view.commits.values(), ...view.pending.values()]
  for (const { commit } of commits) {
    if (before.commits.get(commit.key) === undefined) yield* namesOf(commit.ops)
  }
}

function outrun(): FirekeepError {
  return new FirekeepError('STALE', 'somebody else compacted meanwhile')
}
