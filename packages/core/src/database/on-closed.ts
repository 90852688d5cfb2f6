/** Under it a handle says when it is closed; found by whichever copy of this module made the handle. */
export const ON_CLOSED = Symbol.for('firekeep.on-closed.1')

/** Calls `listener` when a handle of a database is closed, or the database removed. `CLOSED` where it is closed already. */
export function onClosed(database: object, listener: () => void): () => void {
  const handle = database as { readonly [ON_CLOSED]?: (listener: () => void) => () => void }
  return handle[ON_CLOSED]?.(listener) ?? (() => undefined)
}
