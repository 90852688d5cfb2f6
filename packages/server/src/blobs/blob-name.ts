const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
// 256 bits are 51 characters of five bits and one bit: the last character is one of two.
const PATTERN = /^[a-z2-7]{51}[aq]$/

/** The name of a blob, and the version of a pointer: base32 (lower case, no padding) of the SHA-256 of its bytes. */
export function digestToName(digest: Uint8Array): string {
  let text = ''
  let bits = 0
  let count = 0
  for (const byte of digest) {
    bits = ((bits << 8) | byte) & 0xfff
    count += 8
    while (count >= 5) {
      count -= 5
      text += BASE32.charAt((bits >> count) & 31)
    }
  }
  return count === 0 ? text : text + BASE32.charAt((bits << (5 - count)) & 31)
}

/** Whether a text is the name of some blob. */
export function isBlobName(text: string): boolean {
  return PATTERN.test(text)
}
