import type { StoredFile } from './files/file-types.js'

/** A document as it is stored: what you put, with its `_id`, and its attachments by name. */
export type Stored<D> = D & { _id: string; _files?: Record<string, StoredFile> }

/**
 * What `put` takes: a document with or without `_id` (one is made when it is missing). `_files` are all attachments that
 * it has from then on: new ones, and those of a document that was read, which are not stored again.
 */
export type Draft<D> = D & {
  _id?: string
  _files?: Record<string, Blob | StoredFile | undefined> | undefined
}

/** Any plain document, for databases that are not typed. */
// biome-ignore lint/suspicious/noExplicitAny: untyped documents are open on purpose, as JSON.parse is
export type AnyDocument = Record<string, any>

/** What a subscriber is told of a deletion. */
export interface Deleted {
  readonly _id: string
  readonly _deleted: true
}

/** A document that changed: as it is now, or that it is deleted. Untyped documents stay untyped. */
export type Changed<D> = string extends keyof D ? Stored<D> : Stored<D> | Deleted

/**
 * A moment in the history of a database: the text CIDs of its newest commits, sorted by CID bytes. Immutable;
 * equal clocks are equal states on every replica.
 */
export type Clock = readonly string[]
