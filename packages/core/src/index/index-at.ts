import type { TimeSlice } from '../primitives/time-slice.js'
import type { DocumentChange } from '../state/document-change.js'
import { DamagedIndex } from './damaged-index.js'
import type { IndexDefinition } from './definition.js'
import type { PastDocuments } from './document-source.js'
import type { IndexBase } from './index-base.js'
import { STEP } from './index-content.js'
import { IndexSnapshot, type IndexSnapshotParts } from './index-snapshot.js'
import { Overlay } from './overlay.js'

export interface IndexAtParts {
  readonly definition: IndexDefinition
  readonly past: PastDocuments
  /** Gives way to others now and then. */
  readonly slice: TimeSlice
}

/** What was laid over which index, so that reading at one moment again maps nothing anew. */
interface Laid {
  readonly parts: IndexSnapshotParts
  readonly definition: IndexDefinition
  readonly snapshot: IndexSnapshot
}

const laidByMoment = new WeakMap<PastDocuments, Map<string, Laid>>()

/** {@link layOver}, once for each moment as long as the index stays as it is. */
export async function indexAt({ parts }: IndexSnapshot, over: IndexAtParts): Promise<IndexSnapshot> {
  const { definition, past } = over
  const laid = laidByMoment.get(past) ?? new Map<string, Laid>()
  laidByMoment.set(past, laid)
  const known = laid.get(definition.identity)
  if (known !== undefined && isSame(known, parts, definition)) return known.snapshot
  const snapshot = await layOver(parts, over)
  laid.set(definition.identity, { parts, definition, snapshot })
  return snapshot
}

function isSame(known: Laid, { overlay, base }: IndexSnapshotParts, { map }: IndexDefinition): boolean {
  return known.parts.overlay === overlay && known.parts.base === base && known.definition.map === map
}

/**
 * The index as it was at an earlier moment: the rows of a later snapshot, but for those of documents that changed
 * since, whose versions of the moment are mapped instead. O(documents that changed since), however large the index is.
 */
async function layOver(
  parts: IndexSnapshotParts,
  { definition, past, slice }: IndexAtParts,
): Promise<IndexSnapshot> {
  const base = past.isWhole ? undefined : parts.base
  const overlay = new Overlay({
    definition,
    // The map function throws for a version that is history: it is counted, as in `skipped`, and nobody can mend it.
    report: () => undefined,
    hidesBase: base !== undefined,
    ...(!past.isWhole && { state: parts.overlay }),
  })
  const hidden: string[] = []
  for await (const step of inSteps(past.changes())) {
    for (const { id } of step) if (!parts.overlay.traces.has(id)) hidden.push(id)
    overlay.apply(step)
    await slice.mayEnd()
  }
  return new IndexSnapshot({
    overlay: overlay.state,
    base,
    hiddenSkips: past.isWhole ? 0 : await addSkips(base, hidden, await parts.hiddenSkips),
    clock: past.clock,
    find: id => past.shown(id),
  })
}

async function* inSteps(changes: AsyncIterable<DocumentChange>): AsyncGenerator<DocumentChange[], void> {
  let step: DocumentChange[] = []
  for await (const change of changes) {
    step.push(change)
    if (step.length < STEP) continue
    yield step
    step = []
  }
  yield step
}

/** What the base skipped of documents whose rows it does not give any more. */
async function addSkips(base: IndexBase | undefined, ids: readonly string[], sum: number): Promise<number> {
  if (base === undefined || base.skipped === 0 || ids.length === 0) return sum
  try {
    const traces = await base.traces(ids)
    return traces.reduce((skipped, trace) => skipped + (trace?.skipped ?? 0), sum)
  } catch (error) {
    throw DamagedIndex.from(base, error)
  }
}
