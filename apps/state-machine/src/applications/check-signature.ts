import type { Database } from '@firekeep/core'
import type { OfficeDocument } from '../data/office-document.js'
import type { Version } from '../data/timeline.js'

/** Computes anew that a version was signed by the key it is shown with, in this very office. Answers that key. */
export async function checkSignature(
  database: Database<OfficeDocument>,
  id: string,
  { clock, author }: Pick<Version, 'clock' | 'author'>,
): Promise<string> {
  const { verifyProof } = await import('@firekeep/core/proof')
  const [proof, identity] = await Promise.all([database.proof(id, { asOf: clock }), database.identity()])
  const proven = await verifyProof(proof, { database: identity.database, author })
  if (!clock.includes(proven.commit)) throw new Error('The evidence is of another version.')
  return proven.author
}
