import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { assertFewItems } from './assert-few-items.js'
import { BLOBS_LISTED } from './limits.js'
import {
  decodeClientMessage,
  decodeClientMessages,
  decodeServerMessages,
  encodeMessages,
} from './message-codec.js'
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

  it('are refused by their number of items before anything is decoded', () => {
    const bomb = new Uint8Array(1_000_000).fill(0xa0)
    bomb.set([0x9a, 0x00, 0x0f, 0x42, 0x3b])
    expect(() => decodeClientMessages(bomb)).toThrow('more than 300000 items')
    expect(() => decodeClientMessage(bomb)).toThrow('more than 100000 items')
    const failure = expect.objectContaining({ code: 'CORRUPT' })
    expect(() => decodeServerMessages(new Uint8Array(1_000_001).fill(0xa0))).toThrow(failure)
  })

  it('may have many bytes and many names', () => {
    const pack = new Uint8Array(1_000_000).fill(0xa0)
    const blobs = Array.from({ length: BLOBS_LISTED }, (_, i) => `${i}`.padStart(52, 'a'))
    const sent: ClientMessage[] = [{ kind: 'append', id: 70_000, log: 'log', pack, blobs }]
    const bytes = encodeMessages(sent)
    const again = encodeMessages(decodeClientMessages(bytes))
    expect(Buffer.compare(again, bytes)).toBe(0)
  })
})

describe('counting the items of CBOR', () => {
  it('counts as many as there are, whatever they hold', () => {
    const value = fc.letrec<{ value: unknown }>(tie => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
        fc.oneof(fc.string({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 40 }),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value
    const law = fc.property(value, value => {
      const bytes = dagCbor.encode(value)
      const items = itemsOf(value)
      expect(() => assertFewItems(bytes, items)).not.toThrow()
      expect(() => assertFewItems(bytes, items - 1)).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
    })
    fc.assert(law, { numRuns: runs(200) })
  })

  it.each([
    ['an indefinite array', [0x9f, 0xff]],
    ['indefinite bytes', [0x5f, 0x41, 0x00, 0xff]],
    ['a reserved length', [0x1c]],
    ['bytes cut short', [0x42, 0x00]],
    ['a text longer than any number', [0x7b, ...new Array(8).fill(0xff), 0x61]],
    ['a head cut short', [0x59, 0x01]],
  ])('refuses %s', (_, bytes) => {
    expect(() => assertFewItems(new Uint8Array(bytes), 100)).toThrow(
      expect.objectContaining({ code: 'CORRUPT' }),
    )
  })
})

function itemsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 1
  const inner = Object.values(value).reduce((sum: number, each) => sum + itemsOf(each), 1)
  return Array.isArray(value) ? inner : inner + Object.keys(value).length
}
