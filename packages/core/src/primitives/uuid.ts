/**
 * A version 7 UUID (RFC 9562 §5.7): 48 bits of milliseconds, then random bits. Ids made later sort later, so
 * documents without an id of their own lie in the order they were made, to the millisecond.
 */
export function createUuid(now: number, random: (length: number) => Uint8Array): string {
  const bytes = random(16)
  for (let i = 0, rest = now; i < 6; i++) {
    bytes[5 - i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  let text = ''
  for (let i = 0; i < 16; i++) text += HEX_GROUPS[i] + (HEX[bytes[i] as number] as string)
  return text
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const HEX_GROUPS = Array.from({ length: 16 }, (_, i) => ([4, 6, 8, 10].includes(i) ? '-' : ''))
