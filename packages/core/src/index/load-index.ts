import { hasErrorCode } from '../errors.js'
import type { Progress } from '../primitives/progress.js'
import type { Pace } from '../primitives/time-slice.js'
import { TimeSlice } from '../primitives/time-slice.js'
import type { DocumentChange } from '../state/document-change.js'
import type { StoredDocument } from '../state/stored-document.js'
import { DamagedIndex } from './damaged-index.js'
import type { IndexBase, IndexStore } from './index-base.js'
import { IndexContent, type IndexContentParts, STEP } from './index-content.js'
import { checkOnSample, SAMPLE_SIZE } from './sample-check.js'

export interface LoadIndexParts extends IndexContentParts {
  readonly pace: Pace
  readonly openStore: () => Promise<IndexStore | undefined>
  /** Asked between steps; throws when nobody wants the index any more. */
  readonly mustGoOn: () => void
  /** Hears how far a build is. */
  readonly tell: (progress: Progress) => void
}

/**
 * Loads an index from the store and catches up with what changed, else builds it from the documents. After a page of
 * a stored part could not be read, that part is `damaged`: what another tab stored since is loaded, or nothing.
 */
export async function loadIndex(parts: LoadIndexParts, damaged?: IndexBase): Promise<IndexContent> {
  let unusable = damaged
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryLoad(parts, unusable)
    } catch (error) {
      if (error instanceof DamagedIndex) unusable = error.base
      // A page of the documents may be gone too: its pack was dropped after the build began (L6).
      else if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
      if (attempt === ATTEMPTS) throw error
    }
  }
}

/** Where others replace what is stored meanwhile, loading starts again, but not for ever. */
const ATTEMPTS = 4

async function tryLoad(parts: LoadIndexParts, damaged: IndexBase | undefined): Promise<IndexContent> {
  const base = await loadBase(parts, damaged)
  const changes = base && (await parts.source.changedSince(base.heads))
  const content = new IndexContent(parts, changes && base)
  if (changes === undefined) {
    await build(parts, content)
    return content
  }
  await feed(parts, content, changes)
  if (base?.isSameSource === false) await checkStored(parts, content)
  return content
}

async function loadBase(
  { definition, openStore }: LoadIndexParts,
  damaged: IndexBase | undefined,
): Promise<IndexBase | undefined> {
  try {
    const store = await openStore()
    return await (damaged === undefined ? store?.load(definition) : store?.recover(definition, damaged))
  } catch (error) {
    if (hasErrorCode(error, 'CLOSED')) throw error
    // An index is a cache: where it cannot be read, it is made anew.
    return undefined
  }
}

async function build(parts: LoadIndexParts, content: IndexContent): Promise<void> {
  const { source, tell } = parts
  await feed(parts, content, toChanges(source.documents()), done => {
    content.built = done
    tell({ done, total: source.size })
  })
}

/** A document that changes meanwhile is left to the pending changes, so no version is mapped twice. */
async function feed(
  parts: LoadIndexParts,
  content: IndexContent,
  changes: AsyncIterable<DocumentChange> | Iterable<DocumentChange>,
  onStep?: (done: number) => void,
): Promise<void> {
  const slice = new TimeSlice(parts.pace)
  let batch = new Map<string, DocumentChange>()
  let done = 0
  let mayFold = true
  for await (const change of changes) {
    done += 1
    if (!parts.pending.has(change.id)) batch.set(change.id, change)
    if (batch.size < STEP) continue
    content.apply([...batch.values()])
    batch = new Map()
    onStep?.(done)
    await slice.mayEnd()
    parts.mustGoOn()
    if (content.isHeavy && mayFold) mayFold = await tryToFoldPart(parts, content, slice)
  }
  content.apply([...batch.values()])
  parts.mustGoOn()
  onStep?.(done)
}

/** Makes room in memory for the rest; answers false where the store failed, so that the rest stays in memory. */
async function tryToFoldPart(
  { openStore, mustGoOn }: LoadIndexParts,
  content: IndexContent,
  slice: TimeSlice,
): Promise<boolean> {
  const store = await openStore()
  if (store === undefined) return true
  try {
    await content.foldPart(store, async () => {
      await slice.mayEnd()
      mustGoOn()
    })
    return true
  } catch (error) {
    if (error instanceof DamagedIndex) throw error
    mustGoOn()
    return false
  }
}

/** Tries a map function whose text is not that of the one that made the stored rows; only these tell. */
async function checkStored({ definition }: LoadIndexParts, content: IndexContent): Promise<void> {
  const ids = await content.sample(2 * SAMPLE_SIZE)
  const snapshot = content.snapshot()
  const stored = ids.filter(id => !snapshot.isChanged(id))
  await checkOnSample(snapshot, stored, definition, new Set())
}

async function* toChanges(
  documents: AsyncIterable<StoredDocument> | Iterable<StoredDocument>,
): AsyncGenerator<DocumentChange, void> {
  for await (const document of documents) yield { id: document.id, document }
}
