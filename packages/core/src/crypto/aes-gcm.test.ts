import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { importAesGcmKey } from './aes-gcm.js'
import { findNodeCrypto } from './node-crypto.js'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe('AES-GCM', () => {
  it('is the same over Node and over WebCrypto, both ways', async () => {
    const node = findNodeCrypto()
    expect(node).toBeDefined()
    await fc.assert(
      fc.asyncProperty(
        bytes(32),
        bytes(12),
        fc.uint8Array(),
        fc.uint8Array(),
        async (raw, nonce, bound, text) => {
          const overNode = await importAesGcmKey(raw, node)
          const overWeb = await importAesGcmKey(raw, null)
          const sealed = await overNode.encrypt(nonce, bound, text)
          expect(await overWeb.encrypt(nonce, bound, text)).toEqual(sealed)
          expect(await overWeb.decrypt(nonce, bound, sealed)).toEqual(text)
          expect(await overNode.decrypt(nonce, bound, sealed)).toEqual(text)
          sealed[0] = (sealed[0] as number) ^ 1
          await expect((async () => overNode.decrypt(nonce, bound, sealed))()).rejects.toThrow()
          await expect((async () => overWeb.decrypt(nonce, bound, sealed))()).rejects.toThrow()
        },
      ),
      { numRuns: runs(30) },
    )
  })
})
