import { CONTRIBUTION_PREFIX, type Nomination } from './nomination.js'

/** What became of a nomination: a document of the database that was contributed to. */
export interface DecisionDocument extends Omit<Nomination, 'id'> {
  readonly _id: string
  readonly nomination: string
  /** The lineage id of the contributor's database, and for a fork a dot and its `fork`. */
  readonly from: string
  /** The public key of who nominated. */
  readonly contributor: string
  readonly decision: 'accepted' | 'rejected'
  readonly merged: readonly string[]
  readonly reason: string
}

/** Contributors choose ids as they like: that of a decision names the database too, so none takes the place of another's. */
export function decisionId(from: string, nominationId: string): string {
  return `${CONTRIBUTION_PREFIX}${from}/${nominationId}`
}

/** The decision that a document holds; `undefined` where it holds none. */
export function parseDecision(doc: unknown): DecisionDocument | undefined {
  if (typeof doc !== 'object' || doc === null) return undefined
  const fields = doc as Partial<DecisionDocument>
  const { _id, nomination, from, contributor, decision, reason, title, note, ids, merged } = fields
  const texts = [_id, nomination, from, contributor, reason, title, note]
  const isWhole = texts.every(text => typeof text === 'string') && isTexts(ids) && isTexts(merged)
  if (!isWhole || (decision !== 'accepted' && decision !== 'rejected')) return undefined
  return fields as DecisionDocument
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}
