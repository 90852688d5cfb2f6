import type { Application } from './application.js'
import type { Job } from './job.js'

/** What the office is called. Under {@link OFFICE}. */
export interface Office {
  readonly type: 'office'
  readonly name: string
  readonly at: number
}

export const OFFICE = 'office'

/** The name that somebody gave himself. Under the public key of his device: see {@link personId}. */
export interface Person {
  readonly type: 'person'
  readonly name: string
  readonly at: number
}

/** A picture or a PDF that belongs to an application: a document of its own, so that a thumbnail is no edit of the application. */
export interface Upload {
  readonly type: 'upload'
  /** The id of the application. */
  readonly application: string
  readonly title: string
  readonly at: number
  /** Why no thumbnail could be made. Written by the worker. */
  readonly error?: string
}

/** Everything that one office holds. The lists go by `['type', 'at']`. */
export type OfficeDocument = Office | Person | Application | Upload | Job

/** Where the name of whoever has a key is. */
export function personId(author: string): string {
  return `person:${author}`
}
