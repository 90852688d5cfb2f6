import type { IndexKey } from '../codec/index-key.js'

/** Adds a row to the index; `value` comes back as the row's `value`, `null` when left out. */
export type Emit<K = IndexKey, V = unknown> = (key: K, value?: V) => void

/**
 * Says under which keys a document is indexed: either calls `emit` any number of times or returns a key.
 *
 * Guarantees: `doc` is the function's own copy; a function object is called once per changed document.
 * Rules: it must be synchronous and depend on the document alone; what it returns counts only if it did not call
 * `emit`; `undefined` means not indexed, every other falsy value is a key. Trap: `doc.done && emit(doc.at)`
 * returns, and so indexes, `false`; write `if (doc.done) emit(doc.at)`.
 *
 * A document for which it throws is left out of the index and counted in `skipped`; the first such error of an
 * index is reported as an uncaught one, so that one odd document cannot make every query fail.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: `doc => emit(doc.at)` returns void and is a fine map function
export type MapFunction<D, K = IndexKey, V = unknown> = (doc: D, emit: Emit<K, V>) => K | undefined | void
