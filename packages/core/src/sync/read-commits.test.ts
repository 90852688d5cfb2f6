import * as dagCbor from '@ipld/dag-cbor'
import { describe, expect, it } from 'vitest'
import { DAG_CBOR, DAG_JSON, hashBlock } from '../codec/block.js'
import { encodeCar } from '../codec/car.js'
import { createGrantVerifier } from '../crypto/identity.js'
import type { FirekeepError } from '../errors.js'
import { platformPace } from '../primitives/platform-pace.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { LogForger } from './fixtures/log-forger.js'
import { readCommits } from './read-commits.js'

const KEY = new Uint8Array(32).fill(7)

async function openChecks() {
  const forger = await LogForger.create(KEY)
  const { lineage, writeKey } = forger.secrets
  const reported: FirekeepError[] = []
  const checks = {
    lineage,
    verifyGrant: createGrantVerifier(writeKey.publicKey, lineage),
    report: (error: FirekeepError) => reported.push(error),
    slice: new TimeSlice(platformPace),
  }
  return { forger, checks, reported }
}

describe('readCommits', () => {
  it('keeps a commit of a newer format as a block, with every content that may belong to it', async () => {
    const { forger, checks, reported } = await openChecks()
    const newer = await hashBlock(DAG_CBOR, dagCbor.encode({ v: 2, what: 'nobody knows' }))
    const content = await hashBlock(DAG_JSON, new Uint8Array([1]))
    const damaged = { ...(await hashBlock(DAG_JSON, new Uint8Array([2]))), bytes: new Uint8Array([3]) }
    const known = await forger.put('known', {})
    const { blocks, commits } = await readCommits(
      encodeCar([], [newer, content, damaged, ...known.blocks]),
      checks,
    )
    expect(commits.map(({ commit }) => commit.cid.toString())).toEqual([known.commit.cid.toString()])
    const kept = blocks.map(({ cid }) => cid.toString()).sort()
    const expected = [newer, content, ...known.blocks].map(({ cid }) => cid.toString())
    expect(kept).toEqual(expected.sort())
    expect(reported).toMatchObject([{ code: 'CORRUPT' }])
  })

  it('keeps a commit whose content was erased, with those of its contents that are there', async () => {
    const { forger, checks, reported } = await openChecks()
    const [gone, there] = [await forger.put('gone', { n: 1 }), await forger.put('there', { n: 2 })]
    const ops = [...gone.commit.ops, ...there.commit.ops]
    const { commit, blocks } = await forger.put('there', { n: 2 }, { ops })
    const opened = await readCommits(encodeCar([], [...blocks]), checks)
    expect(opened.blocks.map(({ cid }) => cid.toString())).toEqual(blocks.map(({ cid }) => cid.toString()))
    expect(opened.commits.map(each => each.commit.cid.equals(commit.cid))).toEqual([true])
    expect([...(opened.commits[0]?.documents.keys() ?? [])]).toEqual(['there'])
    expect(reported).toEqual([])
  })

  it('keeps nothing that no commit refers to where all are known', async () => {
    const { forger, checks, reported } = await openChecks()
    const stray = await hashBlock(DAG_JSON, new Uint8Array([1]))
    const { commit, blocks } = await forger.put('x', { n: 1 })
    const opened = await readCommits(encodeCar([], [stray, ...blocks]), checks)
    expect(opened.blocks.map(({ cid }) => cid.toString())).toEqual(blocks.map(({ cid }) => cid.toString()))
    expect(opened.commits.map(each => each.commit.cid.equals(commit.cid))).toEqual([true])
    expect(reported).toEqual([])
  })
})
