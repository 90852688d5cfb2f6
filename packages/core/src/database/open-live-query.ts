import { createLaterLiveQuery } from '../query/later-live-query.js'
import type { QueryRequest } from '../query/query-request.js'
import type { LiveQuery } from '../query/query-types.js'
import type { PlainDocument } from '../state/stored-document.js'
import type { Engine } from './engine.js'

/** A live query of an engine, which it makes load what answers queries. */
export function openLiveQuery(engine: Engine, request: QueryRequest): LiveQuery<PlainDocument> {
  if (engine.queries !== undefined) return engine.queries.live(request)
  return createLaterLiveQuery(({ loaded, failed }) => {
    if (engine.queries !== undefined) {
      loaded(engine.queries.live(request))
      return
    }
    // Also where somebody else makes it load, after it failed here.
    engine.onQueries(queries => loaded(queries.live(request)))
    engine.loadQueries().catch(failed)
    // Beside it, not after it; whoever reads learns what is wrong.
    engine.open().catch(() => undefined)
  })
}
