/** What one has to know of a pack to read it; a snapshot record keeps it. */
export interface PackInfo {
  /** SHA-256 of the sealed bytes, as base32. */
  readonly name: string
  /** How many sealed bytes there are. */
  readonly length: number
  /** Where the last frame stands in them, which says where everything else is. */
  readonly directory: { readonly offset: number; readonly length: number }
}
