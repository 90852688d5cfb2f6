import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { decodeClientMessages, decodeServerMessages, encodeMessages } from './message-codec.js'
import type { ClientMessage, ServerMessage } from './messages.js'

describe('the messages of an exchange', () => {
  it('come back in their order', () => {
    const sent: ClientMessage[] = [
      { kind: 'hello', versions: [1] },
      { kind: 'append', id: 2, log: 'log', pack: new Uint8Array([1, 2]), blobs: [] },
    ]
    expect(decodeClientMessages(encodeMessages(sent))).toEqual(sent)
    const answered: ServerMessage[] = [{ kind: 'closing', retryAfter: 5 }]
    expect(decodeServerMessages(encodeMessages(answered))).toEqual(answered)
  })

  it('are refused where one of them has an unknown form, where they are no list, and where they do not decode', () => {
    const odd = dagCbor.encode([{ kind: 'hello', versions: [1] }, { kind: 'toString' }])
    for (const bytes of [odd, dagCbor.encode({ kind: 'hello', versions: [1] }), new Uint8Array([0xff])]) {
      expect(() => decodeClientMessages(bytes)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
    }
  })

  it('of a server are no messages of a client', () => {
    const answered = encodeMessages([{ kind: 'closing', retryAfter: 5 }])
    expect(() => decodeClientMessages(answered)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  })
})
