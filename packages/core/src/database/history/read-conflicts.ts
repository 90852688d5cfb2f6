import { hasErrorCode } from '../../errors.js'
import { ConflictIds } from '../../history/conflict-ids.js'
import { listConflicts } from '../../history/conflict-list.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { Engine } from '../engine.js'
import { toConflict } from './conflict.js'
import type { Conflict } from './conflict-types.js'

const idsByEngine = new WeakMap<Engine, ConflictIds>()

/** Which documents of the database have several leaves: found out once and then followed. */
export function conflictIdsOf(engine: Engine): ConflictIds {
  const known = idsByEngine.get(engine)
  if (known !== undefined) return known
  const ids = new ConflictIds()
  idsByEngine.set(engine, ids)
  return ids
}

/**
 * The unresolved conflicts in id order. Documents belong to the caller. Where another tab dropped a pack of the view
 * that is read, it goes on with a newer one behind what was delivered (L6).
 */
export async function* readConflicts(engine: Engine): AsyncGenerator<Conflict<PlainDocument>, void> {
  const ids = conflictIdsOf(engine)
  let after: string | undefined
  for (let hasMissed = false; ; ) {
    const view = await engine.view()
    try {
      for await (const conflict of listConflicts(view, ids, after)) {
        yield toConflict(conflict, engine.files.copy)
        after = conflict.id
        hasMissed = false
      }
      return
    } catch (error) {
      if (!hasErrorCode(error, 'BLOCK_MISSING') || hasMissed) throw error
      hasMissed = true
      await (await engine.open()).ledger.refresh()
    }
  }
}
