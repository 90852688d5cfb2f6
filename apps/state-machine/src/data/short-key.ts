const SHOWN = 8

/** The beginning of a public key, to be compared by eye. */
export function shortKey(author: string): string {
  return author.slice(0, SHOWN)
}
