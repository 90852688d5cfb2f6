import { bindFiles } from '../../codec/stored-file.js'
import { readChanges } from '../../ledger/changes.js'
import { CheckedOptions } from '../../query/checked-options.js'
import type { PlainDocument } from '../../state/stored-document.js'
import type { ChangesResult } from '../database.js'
import type { Engine } from '../engine.js'

/** A page of what happened since a clock. */
export async function listChanges(
  engine: Engine,
  since: unknown,
  options: unknown,
): Promise<ChangesResult<PlainDocument>> {
  const given = new CheckedOptions(options, ['limit', 'signal'])
  const [limit, signal] = [given.count('limit', Number.POSITIVE_INFINITY), given.signal('signal')]
  const page = await engine.read(view => readChanges(view, since, limit, signal))
  const rows = page.rows.map(({ id, document, clock }) => {
    const doc = bindFiles(document, engine.files) ?? { _id: id, _deleted: true as const }
    return { key: id, id, value: doc, doc, clock }
  })
  return { rows, docs: rows.map(row => row.doc), clock: page.clock }
}
