import { describe, expect, it } from 'vitest'
import { DAG_JSON } from '../codec/block.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { decodeDocumentRecord, encodeDocumentRecord, type LeafRecord } from './document-record.js'
import { type DocumentSide, mergeDocument } from './merge-document.js'

function leafOf(label: string, height: number): LeafRecord {
  const commit = testCid(label)
  return { commit, key: cidToKey(commit), height, body: testCid(label, DAG_JSON), purge: false }
}

function sideOf(leaves: readonly LeafRecord[], body: Uint8Array | undefined, own: readonly LeafRecord[]) {
  const record = decodeDocumentRecord(encodeDocumentRecord(leaves, body))
  return { record, own: new Set<CidKey>(own.map(leaf => leaf.key)) } satisfies DocumentSide
}

const bodyOf = () => Promise.reject(new Error('no content is needed'))

describe('mergeDocument', () => {
  const older = leafOf('older', 1)
  const newer = leafOf('newer', 2)
  const body = new Uint8Array(5).fill(5)

  it('answers at once where no content has to be read', () => {
    const behind = sideOf([older], new Uint8Array(3), [])
    const ahead = sideOf([newer], body, [newer])
    const expected = { bytes: encodeDocumentRecord([newer], body), displaced: [] }
    expect(mergeDocument(behind, ahead, bodyOf)).toEqual(expected)
    expect(mergeDocument(ahead, behind, bodyOf)).toEqual(expected)
  })

  it('hands out the content of a version that wins in its side only', () => {
    const a = sideOf([older], new Uint8Array(3), [older])
    const b = sideOf([newer], body, [newer])
    expect(mergeDocument(a, b, bodyOf)).toEqual({
      bytes: encodeDocumentRecord([newer, older], body),
      displaced: [{ cid: older.body, bytes: new Uint8Array(3) }],
    })
  })

  it('is CORRUPT where each side supersedes what the other shows', () => {
    const a = sideOf([older], undefined, [])
    const b = sideOf([newer], undefined, [])
    expect(() => mergeDocument(a, b, bodyOf)).toThrowError(expect.objectContaining({ code: 'CORRUPT' }))
  })
})
