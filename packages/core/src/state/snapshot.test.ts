import { describe, expect, it } from 'vitest'
import { DAG_JSON, hashBlock } from '../codec/block.js'
import type { CID } from '../codec/cid.js'
import { createCommit } from '../commits/commit.js'
import { testAuthor } from '../commits/fixtures/test-author.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { buildTree } from '../tree/build-tree.js'
import { MemoryBlocks } from '../tree/fixtures/memory-blocks.js'
import { commitToTreeKey, encodeCommitRecord } from './commit-record.js'
import { Snapshot } from './snapshot.js'

/** A snapshot of one commit. */
async function snapshotOfOne() {
  const ops = [{ id: 'x', prev: [], body: testCid('body', DAG_JSON) }]
  const content = { db: new Uint8Array(32), parents: [], height: 1, time: 0, ops }
  const { author } = await testAuthor()
  const commit = await createCommit(content, author)
  const { cid, key, height } = commit
  const node = { cid, key, height, parents: [] }
  const record = encodeCommitRecord({ node, time: commit.time, author: commit.author })
  const { root, added } = await buildTree([[commitToTreeKey(node), record]])
  const blocks = new MemoryBlocks().add([commit, ...added])
  const snapshot = new Snapshot({ heads: [node], docs: undefined, history: root }, blocks)
  return { snapshot, commit }
}

describe('a snapshot', () => {
  it('finds a commit that it has, and no other', async () => {
    const { snapshot, commit } = await snapshotOfOne()
    expect((await snapshot.find(commit.cid))?.key).toBe(commit.key)
    const { cid } = await hashBlock(commit.cid.code, new Uint8Array(5))
    expect(await snapshot.find(cid)).toBeUndefined()
  })

  it('takes no block of another kind for a commit, whoever names it', async () => {
    const { snapshot } = await snapshotOfOne()
    const page = snapshot.history as CID
    expect(await snapshot.blocks.get(page)).toBeInstanceOf(Uint8Array)
    expect(await snapshot.find(page)).toBeUndefined()
    expect(await snapshot.findCommit(page)).toBeUndefined()
  })

  it('whose tree is in no pack any more says so: its commits are not taken for strangers (L6)', async () => {
    const { snapshot, commit } = await snapshotOfOne()
    const gone = new Snapshot(snapshot, new MemoryBlocks().add([commit]))
    await expect(gone.find(commit.cid)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  })
})
