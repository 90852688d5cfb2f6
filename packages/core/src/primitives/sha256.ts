/** The round constants of FIPS 180-4, section 4.2.2. */
// biome-ignore format: eight to a line, as the standard prints them
const ROUND = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
)
// biome-ignore format: as the standard prints them, section 5.3.3
const START = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
] as const

const BLOCK_BYTES = 64
const LENGTH_BYTES = 8

/**
 * SHA-256 (FIPS 180-4) without waiting: for small data, where the round trip to WebCrypto costs more than the
 * hash. Its time depends on the length alone.
 *
 * In place of a library's, as that module also holds SHA-512 and would bring 6 kB to every page that loads
 * Firekeep; the tests compare it with the platform's.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const state = Int32Array.from(START)
  const schedule = new Int32Array(64)
  const whole = message.length - (message.length % BLOCK_BYTES)
  compress(state, schedule, message.subarray(0, whole))
  compress(state, schedule, finalBlocks(message.subarray(whole), message.length))
  const digest = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < 8; i++) digest.setInt32(i * 4, state[i] as number)
  return new Uint8Array(digest.buffer)
}

/** The end of the message, a one bit, zeros, and the length in bits. */
function finalBlocks(rest: Uint8Array, messageBytes: number): Uint8Array {
  const isLong = rest.length + 1 + LENGTH_BYTES > BLOCK_BYTES
  const padded = new Uint8Array(isLong ? 2 * BLOCK_BYTES : BLOCK_BYTES)
  padded.set(rest)
  padded[rest.length] = 0x80
  new DataView(padded.buffer).setBigUint64(padded.length - LENGTH_BYTES, BigInt(messageBytes) * 8n)
  return padded
}

/** Takes whole blocks into the state. Names are those of the standard, section 6.2.2. */
function compress(state: Int32Array, w: Int32Array, blocks: Uint8Array): void {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length)
  for (let offset = 0; offset < blocks.length; offset += BLOCK_BYTES) {
    for (let t = 0; t < 16; t++) w[t] = view.getInt32(offset + t * 4)
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15] as number
      const y = w[t - 2] as number
      const sigma0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)
      const sigma1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10)
      w[t] = ((w[t - 16] as number) + sigma0 + (w[t - 7] as number) + sigma1) | 0
    }
    addRounds(state, w)
  }
}

function addRounds(state: Int32Array, w: Int32Array): void {
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + sum1 + choice + (ROUND[t] as number) + (w[t] as number)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + sum0 + majority) | 0
  }
  const round = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = (state[i] as number) + (round[i] as number)
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
