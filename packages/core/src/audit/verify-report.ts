/** Something wrong that `verify` found. */
export interface Finding {
  readonly code: 'CORRUPT' | 'INVALID_COMMIT' | 'BLOCK_MISSING' | 'FILE_UNAVAILABLE' | 'UNSUPPORTED_FORMAT'
  /** In words, with the place. */
  readonly message: string
  /** The commit it is about. */
  readonly commit?: string
  /** The document it is about. */
  readonly id?: string
  /** The pack or record it lies in. */
  readonly place?: string
}

export interface VerifyReport {
  /** Nothing was found. */
  readonly isSound: boolean
  /** The moment that was checked. */
  readonly clock: readonly string[]
  readonly commits: number
  /** Documents that are shown. */
  readonly documents: number
  readonly files: number
  /** Contents that were erased, and are therefore not checked. */
  readonly pruned: number
  readonly findings: readonly Finding[]
}
