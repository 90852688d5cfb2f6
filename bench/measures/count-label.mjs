/**
 * A round number of documents as ids name it: 10k.
 *
 * @param {number} documents
 */
export function countLabel(documents) {
  return `${documents / 1_000}k`
}
