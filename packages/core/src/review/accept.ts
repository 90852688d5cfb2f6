import type { Database } from '../database/database.js'
import type { Clock } from '../database/document-types.js'
import type { MergeResult } from '../database/fork/fork-types.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'
import { mustFindNomination } from './must-find-nomination.js'
import { recordDecision } from './record-decision.js'

export interface AcceptOptions {
  /** Takes these of the nominated documents. Default: all. */
  readonly only?: readonly string[]
  /** The moment that was reviewed: `clock` of a `Review`. Default: now. */
  readonly asOf?: Clock
  readonly reason?: string
}

/**
 * Takes nominated documents over as they are in the contributor's database, by new commits that name where each comes
 * from, and writes down the decision. Documents that are the same in both are left as they are.
 *
 * Errors as of `mergeFrom` and {@link review}; `INVALID_OPTION` where `only` names what was not nominated.
 */
export async function accept<D extends object>(
  base: Database<D>,
  theirs: Database<D>,
  nominationId: string,
  options: AcceptOptions = {},
): Promise<MergeResult> {
  const given = new CheckedOptions(options, ['only', 'asOf', 'reason'])
  const reason = given.get('reason') ?? ''
  if (typeof reason !== 'string') throw invalidOption('reason', 'is text')
  const { asOf = await theirs.clock() } = options
  const nomination = await mustFindNomination(theirs, nominationId, asOf)
  const only = [...(options.only ?? nomination.ids)]
  if (!only.every(id => nomination.ids.includes(id)))
    throw invalidOption('only', 'names documents that were nominated')
  const merged = await base.mergeFrom(theirs, { only, asOf })
  const { clock } = await recordDecision(base, theirs, nomination, {
    decision: 'accepted',
    merged: only,
    reason,
  })
  return { ...merged, clock }
}
