import { createProof } from '../../audit/create-proof.js'
import type { Proof } from '../../audit/proof.js'
import { FirekeepError } from '../../errors.js'
import type { Engine } from '../engine.js'

/** Evidence for the version of a document that is shown, or was at a clock. */
export async function proofOf(engine: Engine, id: string, asOf: unknown): Promise<Proof> {
  return engine.read(async view => {
    const { store } = (await engine.open()).ledger
    if (store === undefined)
      throw new FirekeepError('NOT_FOUND', `Not found: ${JSON.stringify(id)}`, { details: { id } })
    return createProof(view, id, asOf, store.secrets)
  })
}
