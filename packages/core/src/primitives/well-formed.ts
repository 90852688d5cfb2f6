/**
 * Whether a text is well-formed Unicode, that is, has no lone surrogate. Only such text has a UTF-8 form, so
 * only such text may be an id, a key, a string in a document or a database name.
 */
export function isWellFormed(text: string): boolean {
  // In every browser since 2023 and in Node 20; the compiler's library of this project does not list it yet.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed()
}
