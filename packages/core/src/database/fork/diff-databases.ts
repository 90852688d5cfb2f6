import { hasErrorCode } from '../../errors.js'
import { allIds } from '../../fork/all-ids.js'
import { differingIds } from '../../fork/differing-ids.js'
import { type FoundDifference, findDifferences, type ShownSide } from '../../fork/find-differences.js'
import type { PlainDocument, StoredDocument } from '../../state/stored-document.js'
import type { Changed } from '../document-types.js'
import type { Engine } from '../engine.js'
import { engineOf } from '../engine-of.js'
import type { Difference } from './fork-types.js'

/** The documents that another database shows otherwise, in id order. Where another tab dropped a pack of one of both, it goes on behind the last (L6). */
export async function* diffDatabases(
  engine: Engine,
  other: unknown,
): AsyncGenerator<Difference<PlainDocument>, void> {
  const source = engineOf(other)
  for (let after: string | undefined, failedAt: string | null | undefined = null; ; ) {
    const [mine, theirs] = await Promise.all([engine.view(), source.view()])
    const isRelated = (await lineageOf(engine)) === (await lineageOf(source))
    const ids = isRelated ? differingIds(mine, theirs) : allIds(mine, theirs)
    try {
      for await (const found of findDifferences({ mine, theirs }, ids, after)) {
        yield toDifference(found, { mine: engine.files.copy, theirs: source.files.copy })
        after = found.id
      }
      return
    } catch (error) {
      if (!hasErrorCode(error, 'BLOCK_MISSING') || failedAt === after) throw error
      failedAt = after
      await Promise.all([engine, source].map(async each => (await each.open()).ledger.refresh()))
    }
  }
}

/** `undefined` of one that does not exist yet. */
async function lineageOf(engine: Engine): Promise<string | undefined> {
  return (await engine.open()).ledger.store?.secrets.lineageId
}

type Copy = (document: StoredDocument) => PlainDocument

function toDifference(
  { id, kind, mine, theirs, fields }: FoundDifference,
  copy: { readonly mine: Copy; readonly theirs: Copy },
): Difference<PlainDocument> {
  return {
    ...{ id, kind, fields },
    mine: toChanged(id, mine, copy.mine),
    theirs: toChanged(id, theirs, copy.theirs),
  }
}

function toChanged(id: string, side: ShownSide, copy: Copy): Changed<PlainDocument> | undefined {
  if (side === undefined) return undefined
  return side === null ? { _id: id, _deleted: true } : (copy(side) as Changed<PlainDocument>)
}
