import { FILE_PIECE } from './file-piece.mjs'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12

/**
 * One cipher over the whole, to one file, `fsync` at the end.
 *
 * @param {string} dir
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function sealedFile(dir, bytes) {
  // Not static: this module is part of the browser bundle too.
  const { createCipheriv, createDecipheriv, randomBytes } = await import('node:crypto')
  const { open } = await import('node:fs/promises')
  const key = randomBytes(KEY_BYTES)
  const nonce = randomBytes(NONCE_BYTES)
  const path = `${dir}/floor.file`
  let tag = Buffer.alloc(0)
  return {
    async store() {
      const cipher = createCipheriv(ALGORITHM, key, nonce)
      const file = await open(path, 'w')
      for (let at = 0; at < bytes.length; at += FILE_PIECE)
        await file.write(cipher.update(bytes.subarray(at, at + FILE_PIECE)))
      cipher.final()
      tag = cipher.getAuthTag()
      await file.sync()
      await file.close()
    },
    async load() {
      const decipher = createDecipheriv(ALGORITHM, key, nonce).setAuthTag(tag)
      const file = await open(path, 'r')
      const piece = Buffer.alloc(FILE_PIECE)
      let length = 0
      for (;;) {
        const { bytesRead } = await file.read(piece, 0, FILE_PIECE)
        if (bytesRead === 0) break
        length += decipher.update(piece.subarray(0, bytesRead)).length
      }
      decipher.final()
      await file.close()
      return length
    },
  }
}
