/** 2^255 − 19, the field of the curve. */
const FIELD = 2n ** 255n - 19n
/** The order of the base point. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
/** The y coordinates of the eight points of small order: order 4, 1, 8, 8 and 2. */
const SMALL_ORDER = new Set([
  0n,
  1n,
  0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7n,
  FIELD - 1n,
])

/**
 * Whether key and signature are encoded as L12 demands: right lengths, A and R canonical and not of small order,
 * S below the group order. The same on every runtime, as WebCrypto implementations differ exactly here.
 */
export function isStrictEncoding(publicKey: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  return (
    isStrictPoint(publicKey) &&
    isStrictPoint(signature.subarray(0, 32)) &&
    toNumber(signature.subarray(32)) < ORDER
  )
}

function isStrictPoint(bytes: Uint8Array): boolean {
  const y = toNumber(bytes) & (2n ** 255n - 1n)
  // The sign bit needs no check of its own: it is ambiguous only for x = 0, and those points are of small order.
  return y < FIELD && !SMALL_ORDER.has(y)
}

/** Little endian. */
function toNumber(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32)
  let number = 0n
  for (let offset = 24; offset >= 0; offset -= 8) number = (number << 64n) | view.getBigUint64(offset, true)
  return number
}
