/** What a worker writes into a job, in a field of its own: who has it, and what those who come after him must know. */
export interface ClaimRecord {
  /** Names what is to be done, the same for all who try: what `run` gets as `idempotencyKey`. */
  readonly key: string
  /** Grows with each claim, renewal and takeover. Each is confirmed before the next is written, so the greatest counts. */
  readonly turn: number
  /** The worker that has it; missing where nobody has it any more. */
  readonly by?: string
  /** How often it was begun. */
  readonly attempt: number
  /** How often it failed. */
  readonly failures: number
  /** Milliseconds that the claim lasts where nobody renews it. */
  readonly lease?: number
  /** It is finished; the digest of the document as it was left. */
  readonly ended?: string
}

/** The claim in a field of a document; `undefined` where the field holds none. */
export function readClaim(value: unknown): ClaimRecord | undefined {
  const { key, turn, by, attempt, failures, lease, ended } = (value ?? {}) as Record<string, unknown>
  const isClaim =
    typeof key === 'string' &&
    isCount(turn) &&
    isCount(attempt) &&
    isCount(failures) &&
    (by === undefined || typeof by === 'string') &&
    (lease === undefined || (typeof lease === 'number' && lease > 0)) &&
    (ended === undefined || typeof ended === 'string')
  return isClaim ? (value as ClaimRecord) : undefined
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
