/** Bytes that look random and are the same for the same seed: the mulberry32 generator. For tests only. */
export function seededRandom(seed: number): (length: number) => Uint8Array {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return (word ^ (word >>> 14)) & 0xff
  }
  return length => Uint8Array.from({ length }, next)
}
