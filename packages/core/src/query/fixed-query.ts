import { FirekeepError } from '../errors.js'
import type { IndexSet } from '../index/index-set.js'
import { Emitter } from '../primitives/emitter.js'
import type { PlainDocument } from '../state/stored-document.js'
import { type RowValue, toLiveRow } from './live-row.js'
import { LOADING, toLiveError } from './live-state.js'
import type { QueryRequest } from './query-request.js'
import type { LiveQuery, LiveSnapshot } from './query-types.js'
import { readIndex } from './read-index.js'
import { readRows } from './read-rows.js'

type Snapshot = LiveSnapshot<PlainDocument>

/**
 * A live query at an earlier moment: what that showed does not change. It loads at the first subscription, tells its
 * listeners once, and never again; where it failed, it tries again at the next subscription.
 */
export function createFixedQuery(
  indexes: IndexSet,
  request: QueryRequest,
  rowValue: RowValue,
): LiveQuery<PlainDocument> {
  const changed = new Emitter<Snapshot>()
  let snapshot: Snapshot = LOADING
  let isLoading = false
  let isClosed = false
  const load = async () => {
    isLoading = true
    const next = await read(indexes, request, rowValue)
    isLoading = false
    if (isClosed) return
    snapshot = Object.freeze(next)
    changed.emit(snapshot)
  }
  return {
    subscribe(listener) {
      if (isClosed) throw new FirekeepError('CLOSED', 'this live query was closed; make a new one')
      const stop = changed.subscribe(listener)
      if (snapshot.status !== 'ready' && !isLoading) void load()
      return stop
    },
    getSnapshot: () => snapshot,
    close: () => {
      isClosed = true
    },
  }
}

/** Never rejects. */
async function read(indexes: IndexSet, request: QueryRequest, rowValue: RowValue): Promise<Snapshot> {
  const { plan, includeDocs } = request
  try {
    return await readIndex(indexes, request, async index => {
      const found = await readRows(index, plan, includeDocs)
      const rows = Object.freeze(found.map(row => toLiveRow(row, includeDocs, rowValue, indexes.files)))
      const docs = Object.freeze(includeDocs ? rows.map(row => row.doc) : [])
      const skipped = await index.skipped
      return { rows, docs, status: 'ready', error: undefined, clock: index.clock, skipped }
    })
  } catch (cause) {
    return { ...LOADING, status: 'error', error: toLiveError(cause) }
  }
}
