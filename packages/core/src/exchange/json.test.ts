import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import { bytesOf } from './fixtures/bytes-of.js'

function open(seed = 1): Database<AnyDocument> {
  return openReplica({ space: createMemorySpace(), seed })
}

const encode = (text: string) => new TextEncoder().encode(text)
const textOf = async (stream: AsyncIterable<Uint8Array>) => new TextDecoder().decode(await bytesOf(stream))

/** The bytes in chunks of a few. */
async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

const field = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('/', '//', '__proto__', 'bytes', '\u2028'),
)
const value = fc.letrec(tie => ({
  any: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => n + 0),
    fc.constantFrom(null, true, false, '\ufeff', '\r\n'),
    fc.uint8Array({ maxLength: 9 }),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(field, tie('any'), { maxKeys: 3 }),
  ),
})).any

describe('documents as NDJSON', () => {
  it('come back the same, however the bytes are cut', async () => {
    const property = fc.asyncProperty(
      fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 9 }), value, { maxKeys: 6 }),
      fc.integer({ min: 1, max: 50 }),
      async (valueById, size) => {
        const [a, b] = [open(1), open(2)]
        await a.bulk(Object.entries(valueById).map(([_id, v]) => ({ _id, v })))
        const bytes = await bytesOf(a.exportJson())
        const { documents } = await b.importJson(inChunks(bytes, size))
        expect(documents).toBe(Object.keys(valueById).length)
        expect((await b.allDocs()).docs).toEqual((await a.allDocs()).docs)
        expect(await bytesOf(b.exportJson())).toEqual(bytes)
        await Promise.all([a.close(), b.close()])
      },
    )
    await fc.assert(property, { numRuns: runs(8) })
  })

  it('are those that are shown, a line each in id order, at any moment', async () => {
    const db = open()
    const { clock } = await db.bulk([
      { _id: 'b', n: 1 },
      { _id: 'a', bytes: new Uint8Array([1, 2]) },
      { _id: 'c' },
    ])
    await db.del('c')
    await db.put({ _id: 'b', n: 2 })
    const now = '{"_id":"a","bytes":{"/":{"bytes":"AQI"}}}\n{"_id":"b","n":2}\n'
    expect(await textOf(db.exportJson())).toBe(now)
    const then = '{"_id":"a","bytes":{"/":{"bytes":"AQI"}}}\n{"_id":"b","n":1}\n{"_id":"c"}\n'
    expect(await textOf(db.exportJson({ asOf: clock }))).toBe(then)
    const stream = db.exportJson()
    await db.put({ _id: 'd' })
    await db.compact()
    expect(await textOf(stream)).toBe(now)
    await expect(textOf(db.exportJson({ asOf: ['nothing'] }))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    await db.close()
  })

  it('are read with any line ends, a byte order mark, empty lines, and no last line end', async () => {
    const db = open()
    const text = '\ufeff{"_id":"a","text":"ü 🔥"}\r\n\r\n  \n{"_id":"b"}\n{"n":1}'
    for (const size of [1, 2, 3, 100]) {
      const { documents } = await db.importJson(inChunks(encode(text), size))
      expect(documents).toBe(3)
    }
    expect(await db.get('a')).toEqual({ _id: 'a', text: 'ü 🔥' })
    expect(await db.importJson(new Uint8Array(0))).toEqual({ documents: 0, clock: await db.clock() })
    await db.close()
  })

  it('are put some hundred in a commit, and deletions delete', async () => {
    const db = open()
    const lines = Array.from({ length: 1200 }, (_, i) => `{"_id":"d${i}","n":${i}}\n`).join('')
    const steps: unknown[] = []
    const report = await db.importJson(encode(lines), { onProgress: ({ done }) => steps.push(done) })
    expect(report).toEqual({ documents: 1200, clock: await db.clock() })
    expect(steps).toEqual([500, 1000, 1200])
    expect((await db.verify()).commits).toBe(3)
    await db.importJson(encode('{"_id":"d7","_deleted":true}'))
    expect(await db.has('d7')).toBe(false)
    await db.close()
  })

  it.each([
    ['no JSON', '{"_id":'],
    ['no object', '[1]'],
    ['a field that is reserved', '{"_id":"x","_rev":1}'],
    ['an id that is none', '{"_id":7}'],
    ['a link', '{"_id":"x","l":{"/":"bafy"}}'],
    ['bytes that are none', '{"_id":"x","b":{"/":{"bytes":"?"}}}'],
    ['half a surrogate pair', '{"_id":"x","t":"\\ud800"}'],
    ['no end of nesting', `{"_id":"x","t":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('with %s are refused by the line, and the lines before stay', async (_, bad) => {
    const db = open()
    const text = `{"_id":"a"}\n\n${bad}\n{"_id":"z"}\n`
    await expect(db.importJson(encode(text))).rejects.toMatchObject({
      code: 'INVALID_DOCUMENT',
      message: expect.stringContaining('line 3'),
      details: { line: 3 },
    })
    expect((await db.allDocs()).docs).toEqual([{ _id: 'a' }])
    await db.close()
  })

  it('that are no UTF-8 are refused, and work that is aborted ends', async () => {
    const db = open()
    const bad = new Uint8Array([...encode('{"_id":"a"}\n"'), 0xff])
    await expect(db.importJson(bad)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT', details: { line: 2 } })
    const signal = AbortSignal.abort()
    await expect(db.importJson(encode('{"_id":"b"}'), { signal })).rejects.toMatchObject({ code: 'ABORTED' })
    expect(await db.has('b')).toBe(false)
    await db.close()
  })
})
