import { FirekeepError } from '../errors.js'
import { bytesToBinary } from '../primitives/bytes.js'
import { equalValues } from '../primitives/equal-values.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { IndexDefinition } from './definition.js'
import type { IndexSnapshot } from './index-snapshot.js'
import { mapDocument } from './map-document.js'

/** How many documents a map function is tried on before it may share the index of another one. */
export const SAMPLE_SIZE = 16

/**
 * Tries a map function that has the identity of an index, but is another object than the one that built it.
 * One that gives other rows captured a variable that differs: `INVALID_QUERY`, as its query would get the rows
 * of the other one. A sample cannot prove the contrary, so `checked` (which is added to) lets the check go on
 * with later documents while it has seen fewer than {@link SAMPLE_SIZE}.
 */
export async function checkOnSample(
  snapshot: IndexSnapshot,
  ids: readonly string[],
  definition: IndexDefinition,
  checked: Set<string>,
): Promise<void> {
  for (const id of ids) {
    if (checked.size >= SAMPLE_SIZE) return
    const document = await snapshot.find(id)
    if (document === undefined) continue
    const name = bytesToBinary(document.version.multihash.digest) + id
    if (checked.has(name)) continue
    if (!(await agreesOn(snapshot, definition, document))) throw disagreement(definition, id)
    checked.add(name)
  }
}

async function agreesOn(
  snapshot: IndexSnapshot,
  definition: IndexDefinition,
  document: StoredDocument,
): Promise<boolean> {
  const known = await snapshot.rowsOf(document.id)
  const { rows } = mapDocument(definition, document)
  if (rows.length !== known.length) return false
  return rows.every(
    ([key, entry], i) => key === known[i]?.[0] && equalValues(entry.value, known[i]?.[1].value),
  )
}

function disagreement(definition: IndexDefinition, id: string): FirekeepError {
  const message = definition.isTransient
    ? 'this map function has the text of an earlier one but gives other rows, so it reads a variable that differs; ' +
      'emit what it reads as part of the key, or give it a `name` of its own'
    : 'this map function gives other rows than the one its index was built with; raise its `version`'
  return new FirekeepError('INVALID_QUERY', `${message} (document "${id}")`, { details: { id } })
}
