import type { AllDocsOptions, AllDocsRow, Database, Deleted } from '@firekeep/core'
import { deepFreeze } from '../source/deep-freeze.js'
import { Source } from '../source/source.js'
import { toError } from '../source/to-error.js'
import { followDatabase } from './follow-database.js'
import { type AnyRow, LiveQuerySource } from './live-query-source.js'
import { type LiveState, LOADING } from './live-state.js'

export type AnyAllDocsRow = AllDocsRow<object, Deleted>
export type AllDocsState = LiveState<AnyAllDocsRow, object>

/**
 * All documents as a component reads them.
 *
 * Without the deleted ones they are a live query by `_id`, which costs what changed (L11). Deleted documents are
 * in no index, so a list with them is read again after each change.
 */
export function allDocsSource(
  database: Database,
  { includeDeleted, ...options }: AllDocsOptions,
): Source<AllDocsState> {
  if (includeDeleted) return rereadSource(database, { ...options, includeDeleted })
  const query = new LiveQuerySource({ database, by: '_id', options })
  const show = withRowCache()
  return new Source<AllDocsState>(LOADING, publish => {
    const update = () => publish(show(query.source.getSnapshot()))
    const stop = query.source.subscribe(update)
    update()
    return stop
  })
}

/** The rows of `allDocs` have the document as their value. A row that did not change stays the same object. */
function withRowCache(): (state: LiveState<AnyRow, object>) => AllDocsState {
  const shown = new WeakMap<AnyRow, AnyAllDocsRow>()
  const rowOf = (row: AnyRow): AnyAllDocsRow => {
    const known = shown.get(row)
    if (known !== undefined) return known
    const made = Object.freeze({ key: row.id, id: row.id, value: row.doc, doc: row.doc })
    shown.set(row, made)
    return made
  }
  let last: { readonly of: LiveState<AnyRow, object>; readonly shown: AllDocsState } = {
    of: LOADING,
    shown: LOADING,
  }
  return state => {
    if (last.of !== state)
      last = { of: state, shown: Object.freeze({ ...state, rows: Object.freeze(state.rows.map(rowOf)) }) }
    return last.shown
  }
}

function rereadSource(database: Database, options: AllDocsOptions): Source<AllDocsState> {
  const source: Source<AllDocsState> = new Source<AllDocsState>(LOADING, publish =>
    followDatabase(database, {
      read: async () => {
        const { rows, docs } = deepFreeze(await database.allDocs(options))
        publish(Object.freeze({ rows, docs, status: 'ready', hydrated: true, error: undefined }))
      },
      failed: error =>
        publish(Object.freeze({ ...source.getSnapshot(), status: 'error', error: toError(error) })),
    }),
  )
  return source
}
