import { parseCid } from '../codec/cid.js'
import type { CompactOptions, CompactReport } from '../compact/compactor.js'
import { type PruneBound, prunableBodies } from '../compact/prunable-bodies.js'
import { FirekeepError } from '../errors.js'
import { resolveClock } from '../state/versions.js'
import type { View } from '../state/view.js'
import type { Engine } from './engine.js'

/** Erases the contents of versions that were superseded before a clock or a date. */
export async function prune(
  engine: Engine,
  before: unknown,
  options: CompactOptions,
): Promise<CompactReport> {
  const boundIn = parseBound(before)
  // What is wrong with the bound is told before anything is folded.
  await engine.read(boundIn)
  const { compactor, ledger } = await engine.open()
  if (ledger.store !== undefined) await (await engine.files.open()).packs.removeLeftovers()
  return compactor.erase(async view => prunableBodies(view, await boundIn(view)), options)
}

/** Checks a bound, and finds what it is in a view. */
export function parseBound(before: unknown): (view: View) => Promise<PruneBound> {
  if (before instanceof Date && !Number.isNaN(before.getTime())) return async () => before
  if (!Array.isArray(before)) {
    throw new FirekeepError('INVALID_OPTION', 'option `before` is a clock or a valid Date', {
      details: { option: 'before' },
    })
  }
  return view => resolveClock(view, before, parseCid)
}
