/** From where on an index lies in the store rather than in memory. */
export interface IndexLimits {
  /** From so many documents on an index is stored: building a smaller one costs no more than opening it. */
  readonly storedFrom: number
  /** What an overlay may grow to during a build before it is folded: documents, and bytes of them. */
  readonly heavyDocuments: number
  readonly heavyBytes: number
}

export const INDEX_LIMITS: IndexLimits = {
  storedFrom: 1_000,
  heavyDocuments: 32_000,
  heavyBytes: 16 * 1024 * 1024,
}
