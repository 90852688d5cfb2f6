import { bytesToBinary, concatBytes, fromBase64Url } from '../primitives/bytes.js'
import { LruMap } from '../primitives/lru-map.js'
import type { Ed25519Engine, SigningKey } from './ed25519-engine.js'
import { findNodeCrypto } from './node-crypto.js'
import { mustGetSubtle } from './subtle.js'

/** PKCS8 around a 32-byte seed, the one form of a private key that WebCrypto takes without its public key. */
const PKCS8_HEADER = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20)
const ALGORITHM = 'Ed25519'
const CACHED_KEYS = 256

/** The engine over WebCrypto, or `undefined` where it has no Ed25519. */
export async function openWebCryptoEngine(): Promise<Ed25519Engine | undefined> {
  const engine = new WebCryptoEngine(mustGetSubtle())
  try {
    await engine.importSigningKey(new Uint8Array(32))
    return engine
  } catch {
    // Whatever it throws, the answer is the same: it does not do what is needed here.
    return undefined
  }
}

class WebCryptoEngine implements Ed25519Engine {
  readonly #subtle: SubtleCrypto
  /** Most commits of a database are by few authors. */
  readonly #keys = new LruMap<string, Promise<CryptoKey | undefined>>(CACHED_KEYS)

  constructor(subtle: SubtleCrypto) {
    this.#subtle = subtle
  }

  async importSigningKey(seed: Uint8Array): Promise<SigningKey> {
    const subtle = this.#subtle
    const pkcs8 = concatBytes(PKCS8_HEADER, seed)
    // Exportable, as its JWK form is where the public key is; nothing else here can reach it. A second import
    // that is not would take another millisecond in Node.
    const key = await subtle.importKey('pkcs8', pkcs8 as BufferSource, ALGORITHM, true, ['sign'])
    const { x } = await subtle.exportKey('jwk', key)
    const publicKey = fromBase64Url(x ?? '')
    if (publicKey?.length !== 32) throw new TypeError('WebCrypto gives no public key for an Ed25519 seed')
    const node = findNodeCrypto()
    if (node !== undefined) {
      const nodeKey = node.createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
      return { publicKey, sign: async message => new Uint8Array(node.sign(null, message, nodeKey)) }
    }
    return {
      publicKey,
      sign: async message => new Uint8Array(await subtle.sign(ALGORITHM, key, message as BufferSource)),
    }
  }

  async checkEquation(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const key = await this.#importPublicKey(publicKey)
    if (key === undefined) return false
    return this.#subtle.verify(ALGORITHM, key, signature as BufferSource, message as BufferSource)
  }

  #importPublicKey(publicKey: Uint8Array): Promise<CryptoKey | undefined> {
    const name = bytesToBinary(publicKey)
    let key = this.#keys.get(name)
    if (key === undefined) {
      key = this.#subtle
        .importKey('raw', publicKey as BufferSource, ALGORITHM, false, ['verify'])
        .catch(refuseKey)
      this.#keys.set(name, key)
    }
    return key
  }
}

/** 32 bytes that are no point of the curve: some runtimes say so here, others only when they verify. */
function refuseKey(): undefined {
  return undefined
}
