/**
 * The length that `length` bytes are padded to by Padmé (Nikitin et al., *Reducing Metadata Leakage from Encrypted
 * Files and Communication with PURBs*, 2019): at most 12 % more, and only O(log log length) bits of it show.
 */
export function padme(length: number): number {
  if (length < 2) return length
  const exponent = 31 - Math.clz32(length)
  const mantissaBits = 32 - Math.clz32(exponent)
  const step = 2 ** (exponent - mantissaBits)
  return step <= 1 ? length : Math.ceil(length / step) * step
}
