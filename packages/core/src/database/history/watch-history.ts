import type { Engine } from '../engine.js'

/**
 * Calls `listener` after commits came: those that wrote to a document, or any without an id. Also after the state was
 * folded, as that may have brought some, and when a database that could not be opened is.
 */
export function watchHistory(engine: Engine, id: string | undefined, listener: () => void): () => void {
  const stop = engine.onCommits(({ touched }) => {
    if (id === undefined || touched === undefined || touched.some(entry => entry.id === id)) listener()
  })
  // Whoever reads learns of a failure.
  engine.open().catch(() => undefined)
  return stop
}
