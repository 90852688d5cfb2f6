import { normalizeDocument } from '../codec/document.js'
import { digestName } from '../crypto/digest-name.js'
import type { AnyDocument } from '../database/document-types.js'
import { canonicalText } from './canonical-text.js'
import { type ClaimRecord, readClaim } from './claim-record.js'

/** Where jobs stand and what state they are in: what all workers of one queue agree on. */
export interface JobSpec {
  /** The field that holds the state. */
  readonly field: string
  /** The field that holds the claim. */
  readonly claimField: string
  /** The state of what is to be done; `undefined` where `select` finds it. */
  readonly from: unknown
  readonly select: ((doc: AnyDocument) => boolean) | undefined
  /** The states of what is being done, is done, and failed; `undefined`: the state is left as it is. */
  readonly running: unknown
  readonly done: unknown
  readonly failed: unknown
}

/**
 * What a version of a document is to a worker: to be done (`open`), being done (`claimed`), finished (`ended`), deleted,
 * or none of his business.
 */
export type JobPhase = 'open' | 'claimed' | 'ended' | 'deleted' | 'other'

export function phaseOf(doc: AnyDocument, spec: JobSpec): JobPhase {
  if (doc._deleted === true) return 'deleted'
  const claim = claimOf(doc, spec)
  const state = doc[spec.field]
  const isHeld = claim?.by !== undefined
  if (spec.running === undefined ? isHeld : state === spec.running) return 'claimed'
  if (spec.select === undefined) {
    if (state === spec.from) return 'open'
    return state === spec.done || state === spec.failed ? 'ended' : 'other'
  }
  // What its worker left is finished even where `select` would have it again; a later edit may make a job of it.
  if (claim?.ended !== undefined && claim.ended === digestOf(doc, spec)) return 'ended'
  return spec.select(doc) ? 'open' : claim?.ended === undefined ? 'other' : 'ended'
}

export function claimOf(doc: AnyDocument, { claimField }: JobSpec): ClaimRecord | undefined {
  return readClaim(doc[claimField])
}

/**
 * A digest of a document but for its claim: attachments by what is known of them before they are stored.
 * `INVALID_DOCUMENT` where it cannot be stored.
 */
export function digestOf(doc: AnyDocument, { claimField }: JobSpec): string {
  const { [claimField]: _claim, _files, ...rest } = doc
  const { fields } = normalizeDocument(rest)
  const files = Object.entries((_files ?? {}) as Record<string, Blob | undefined>)
  const known = files.flatMap(([name, file]) => (file ? [[name, [file.type, file.size]]] : []))
  return digestName(canonicalText([fields, Object.fromEntries(known)]))
}
