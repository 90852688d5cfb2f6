import { textToOrderedKey } from '../primitives/bytes.js'
import { differingFields } from '../primitives/differing-fields.js'
import type { DocumentEntry, Leaf } from '../state/leaf.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { View } from '../state/view.js'

/** A document that two views show otherwise. */
export interface FoundDifference {
  readonly id: string
  readonly kind: 'added' | 'deleted' | 'changed'
  readonly mine: ShownSide
  readonly theirs: ShownSide
  readonly fields: readonly string[]
}

/** What a document shows: `undefined` where there is none, `null` for a deletion. */
export type ShownSide = StoredDocument | null | undefined

/** Documents that are looked up together, so that pages are read once. */
const AT_ONCE = 128

/**
 * Those of some documents, in the order of the ids, that two views show otherwise, behind `after`. Versions of equal
 * content are no difference, whoever wrote them.
 */
export async function* findDifferences(
  views: { readonly mine: View; readonly theirs: View },
  ids: AsyncIterable<string>,
  after?: string,
): AsyncGenerator<FoundDifference, void> {
  const start = after === undefined ? undefined : textToOrderedKey(after)
  let batch: string[] = []
  for await (const id of ids) {
    if (start !== undefined && textToOrderedKey(id) <= start) continue
    batch.push(id)
    if (batch.length < AT_ONCE) continue
    yield* differencesOf(views, batch)
    batch = []
  }
  yield* differencesOf(views, batch)
}

async function* differencesOf(
  { mine, theirs }: { readonly mine: View; readonly theirs: View },
  ids: readonly string[],
): AsyncGenerator<FoundDifference, void> {
  const [here, there] = await Promise.all([mine.entries(ids), theirs.entries(ids)])
  for (const id of ids) {
    const [a, b] = [winnerOf(here.get(id)), winnerOf(there.get(id))]
    if (isSameVersion(a, b)) continue
    const difference = compare(id, await shownIn(mine, id, a), await shownIn(theirs, id, b))
    if (difference !== undefined) yield difference
  }
}

function winnerOf(entry: DocumentEntry | undefined): Leaf | undefined {
  return entry?.leaves[0]
}

/** Of one version, or of none, no content has to be read. */
function isSameVersion(a: Leaf | undefined, b: Leaf | undefined): boolean {
  return a?.key === b?.key || (!a?.body && !b?.body)
}

async function shownIn(view: View, id: string, leaf: Leaf | undefined): Promise<ShownSide> {
  if (leaf === undefined) return undefined
  return (await view.documentOf(id, leaf)) ?? null
}

function compare(id: string, mine: ShownSide, theirs: ShownSide): FoundDifference | undefined {
  if (!mine || !theirs) return { id, kind: mine ? 'deleted' : 'added', mine, theirs, fields: [] }
  const fields = differingFields(mine.shared(), theirs.shared())
  return fields.length === 0 ? undefined : { id, kind: 'changed', mine, theirs, fields }
}
