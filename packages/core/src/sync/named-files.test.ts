import { expect, it } from 'vitest'
import { DAG_CBOR, DAG_JSON, hashBlock } from '../codec/block.js'
import { createCommit } from '../commits/commit.js'
import { testAuthor } from '../commits/fixtures/test-author.js'
import { toBase32, utf8ToBytes } from '../primitives/bytes.js'
import { namedFiles } from './named-files.js'

it('names the files of contents that stand beside their commits, and of no others', async () => {
  const { author, secrets } = await testAuthor()
  const [kept, erased] = await Promise.all(
    ['kept', 'erased'].map(text => hashBlock(DAG_JSON, utf8ToBytes(text))),
  )
  const [x, y] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  if (kept === undefined || erased === undefined) throw new Error('there are two contents')
  const ops = [
    { id: 'a', prev: [], body: kept.cid, files: [x] },
    { id: 'b', prev: [], body: erased.cid, files: [x, y] },
    { id: 'c', prev: [], body: null },
  ]
  const { cid, bytes } = await createCommit(
    { db: secrets.lineage, parents: [], height: 1, time: 0, ops },
    author,
  )
  const noCommit = await hashBlock(DAG_CBOR, utf8ToBytes('no commit'))
  expect(namedFiles([{ cid, bytes }, kept, noCommit])).toEqual([toBase32(x)])
  expect(namedFiles([{ cid, bytes }, kept, erased])).toEqual([toBase32(x), toBase32(y)])
})
