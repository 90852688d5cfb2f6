import { randomBytes } from '../../floors/random-bytes.mjs'

/** Checked at once, so that as many processors work as there are. */
const AT_ONCE = 100

/**
 * Hashes as many records as there are commits, and checks a signature of each hash, by WebCrypto.
 *
 * @param {{ readonly commits: number, readonly recordBytes: number }} parts
 */
export async function verifySignatures({ commits, recordBytes }) {
  const { privateKey, publicKey } = /** @type {CryptoKeyPair} */ (
    await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  )
  /** @type {{ record: Uint8Array<ArrayBuffer>, signature: ArrayBuffer }[]} */
  const records = []
  for (let i = 0; i < commits; i++) {
    const record = randomBytes(recordBytes)
    records.push({ record, signature: await crypto.subtle.sign('Ed25519', privateKey, await hash(record)) })
  }
  return async () => {
    let sound = 0
    for (let at = 0; at < commits; at += AT_ONCE) {
      const checks = records
        .slice(at, at + AT_ONCE)
        .map(async ({ record, signature }) =>
          crypto.subtle.verify('Ed25519', publicKey, signature, await hash(record)),
        )
      sound += (await Promise.all(checks)).filter(Boolean).length
    }
    return sound
  }
}

/** @param {Uint8Array<ArrayBuffer>} record */
function hash(record) {
  return crypto.subtle.digest('SHA-256', record)
}
