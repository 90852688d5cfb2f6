import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { hashBlock, RAW } from './block.js'
import { decodeBody, encodeBody } from './body.js'
import { fileDigests } from './file-digests.js'
import { type FileInfo, packsOf, packToText } from './file-info.js'
import type { AttachedFile } from './stored-file.js'

const SALT = new Uint8Array(16)
const SALT_TEXT = 'AAAAAAAAAAAAAAAAAAAAAA'
const NAME = toBase32(new Uint8Array(32).fill(3))
const OTHER = toBase32(new Uint8Array(32).fill(1))
const CID = (await hashBlock(RAW, utf8ToBytes('content'))).cid.toString()
const INFO: FileInfo = { cid: CID, lastModified: 5, pack: `${NAME}.397.325`, size: 7, type: 'text/plain' }

const names = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', '/', '//', '__proto__', 'constructor', '1', 'a/b', '../c', '\u2028'),
)
const infos = fc.record({
  cid: fc.constant(CID),
  lastModified: fc.maxSafeInteger(),
  pack: fc.constantFrom(`${NAME}.397.325`, `${NAME}.397.325 ${OTHER}.2.1`),
  size: fc.maxSafeNat(),
  type: fc.string({ unit: 'binary', maxLength: 5 }),
})

function bodyOf(files: string): Uint8Array {
  return utf8ToBytes(`["${SALT_TEXT}",{},${files}]`)
}

describe('a body with attachments', () => {
  it('decodes to what was encoded, whatever the names, and encodes to the same bytes again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, infos), { minLength: 1, maxLength: 4 }), entries => {
        const files = new Map(Object.entries(Object.fromEntries(entries)) as [string, FileInfo][])
        const body = encodeBody({ a: 1 }, SALT, files)
        const { _files, ...rest } = decodeBody('id', body)
        expect(rest).toEqual({ _id: 'id', a: 1 })
        const decoded = Object.entries(_files as Record<string, AttachedFile>)
        expect(decoded.map(([name, file]) => [name, { ...file }])).toEqual([...files])
        expect(encodeBody({ a: 1 }, SALT, new Map(decoded))).toEqual(body)
      }),
      { numRuns: runs(200) },
    )
  })

  it('is a plain body without any', () => {
    expect(encodeBody({ a: 1 }, SALT, new Map())).toEqual(encodeBody({ a: 1 }, SALT))
  })

  it('gives attachments that can be cloned, never change, and load nothing by themselves', async () => {
    const { _files } = decodeBody('id', encodeBody({}, SALT, new Map([['f', INFO]])))
    const { f } = _files as { f: AttachedFile }
    for (const copy of [structuredClone(f), JSON.parse(JSON.stringify(f)), { ...f }])
      expect(copy).toEqual(INFO)
    expect(Object.isFrozen(f)).toBe(true)
    await expect(f.file()).rejects.toMatchObject({
      code: 'FILE_UNAVAILABLE',
      details: { id: 'id', file: 'f' },
    })
    expect(() => f.stream()).toThrow(expect.objectContaining({ code: 'FILE_UNAVAILABLE' }))
  })

  const text = JSON.stringify(INFO)
  const { cid, ...withoutCid } = INFO
  const damaged: [string, string][] = [
    ['no attachment', '{}'],
    ['a list', `[${text}]`],
    ['null', 'null'],
    ['a fourth part', `{"f":${text}},1`],
    ['an attachment of null', '{"f":null}'],
    ['fields in another order', `{"f":${JSON.stringify({ ...withoutCid, cid })}}`],
    ['another field', `{"f":${JSON.stringify({ ...INFO, x: 1 })}}`],
    ['a missing field', `{"f":${JSON.stringify(withoutCid)}}`],
    ['the reserved name', `{"/":${text}}`],
    ['a name of half a surrogate pair', `{"\\ud800":${text}}`],
    ...[
      { cid: 'x' },
      { cid: CID.toUpperCase() },
      { cid: 1 },
      { lastModified: 0.5 },
      { lastModified: '5' },
      { size: -1 },
      { size: 2 ** 53 },
      { type: null },
      { type: '\ud800' },
      { pack: '' },
      { pack: NAME },
      { pack: `${NAME}.397` },
      { pack: `${NAME}.397.397` },
      { pack: `${NAME}.0397.325` },
      { pack: `${NAME}.397.0` },
      { pack: `${NAME.slice(1)}.397.325` },
      { pack: `${NAME}.397.325 ` },
      { pack: `${NAME}.397.325 ${NAME}.397.325` },
      { pack: `${NAME}.397.325,${OTHER}.397.325` },
    ].map((wrong): [string, string] => [
      JSON.stringify(wrong),
      `{"f":${JSON.stringify({ ...INFO, ...wrong })}}`,
    ]),
  ]
  it.each(damaged)('is corrupt with %s', (_, files) => {
    expect(decodeBody('id', bodyOf(`{"f":${text}}`))).toBeDefined()
    expect(() => decodeBody('id', bodyOf(files))).toThrow(expect.objectContaining({ code: 'CORRUPT' }))
  })

  it('names packs that the commit lists as digests, ascending, each once', () => {
    const two = `${NAME}.397.325 ${OTHER}.2.1`
    expect(packsOf(two)?.map(packToText).join(' ')).toBe(two)
    const digests = fileDigests([INFO, { ...INFO, pack: two }])
    expect(digests?.map(toBase32)).toEqual([OTHER, NAME])
    expect(fileDigests([])).toBeUndefined()
  })
})
