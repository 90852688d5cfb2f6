import { FirekeepError } from '../errors.js'
import { equalValues } from '../primitives/equal-values.js'
import type { StoredDocument } from '../state/stored-document.js'
import type { IndexDefinition } from './definition.js'
import { mapDocument } from './map-document.js'
import type { MemoryIndex } from './memory-index.js'

/** How many documents a map function is tried on before it may share the index of another one. */
const SAMPLE_SIZE = 16

/**
 * Tries a map function that has the identity of an index, but is another object than the one that built it.
 * One that gives other rows captured a variable that differs: `INVALID_QUERY`, as its query would get the rows
 * of the other one. A sample cannot prove the contrary, so `checked` (which is added to) lets the check go on
 * with later documents while it has seen fewer than {@link SAMPLE_SIZE}.
 */
export function checkOnSample(
  index: MemoryIndex,
  definition: IndexDefinition,
  checked: Set<StoredDocument>,
): void {
  if (checked.size >= SAMPLE_SIZE) return
  for (const document of index.sample(SAMPLE_SIZE)) {
    if (checked.has(document) || checked.size >= SAMPLE_SIZE) continue
    if (!agreesOn(index, definition, document)) throw disagreement(definition, document.id)
    checked.add(document)
  }
}

function agreesOn(index: MemoryIndex, definition: IndexDefinition, document: StoredDocument): boolean {
  const rows = index.rowsOf(document)
  const { entries } = mapDocument(definition, document)
  if (entries.length !== rows.length) return false
  return entries.every(
    ([key, entry], i) => key === rows[i]?.[0] && equalValues(entry.value, rows[i]?.[1].value),
  )
}

function disagreement(definition: IndexDefinition, id: string): FirekeepError {
  const message = definition.isTransient
    ? 'this map function has the text of an earlier one but gives other rows, so it reads a variable that differs; ' +
      'emit what it reads as part of the key, or give it a `name` of its own'
    : 'this map function gives other rows than the one its index was built with; raise its `version`'
  return new FirekeepError('INVALID_QUERY', `${message} (document "${id}")`, { details: { id } })
}
