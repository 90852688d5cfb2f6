import { createFloor } from '../floors/create-floor.mjs'
import { randomBytes } from '../floors/random-bytes.mjs'

const NONCE_BYTES = 12
const TAG_BYTES = 16
const BULK = 1_000

/**
 * As the floor, but what it stores is sealed first and then hashed, both by WebCrypto: the least that storing
 * ciphertext named by its hash costs. No signature, no codec, no state.
 */
export const floorWithCrypto = createFloor(
  { id: 'floor-with-crypto', label: 'floor + AES-GCM + SHA-256', operations: ['put', 'bulk'] },
  async (storage, { recordBytes: { put, bulk } }) => {
    const seal = await createSeal()
    return {
      put: async task => storage.write([await seal(task, put)]),
      bulk: async tasks => storage.write([await seal(tasks, (bulk * tasks.length) / BULK)]),
    }
  },
)

async function createSeal() {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
  const encoder = new TextEncoder()
  /**
   * @param {unknown} value
   * @param {number} length of the sealed bytes; the value is padded to it
   */
  return async (value, length) => {
    const plaintext = new Uint8Array(length - NONCE_BYTES - TAG_BYTES)
    encoder.encodeInto(JSON.stringify(value), plaintext)
    const nonce = randomBytes(NONCE_BYTES)
    const sealed = new Uint8Array(length)
    sealed.set(nonce)
    sealed.set(
      new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, plaintext)),
      NONCE_BYTES,
    )
    await crypto.subtle.digest('SHA-256', sealed)
    return sealed
  }
}
