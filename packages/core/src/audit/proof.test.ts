import { describe, expect, it } from 'vitest'
import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { openReplica } from '../testing/fixtures/open-replica.js'
import type { Proof } from './proof.js'
import { verifyProof } from './verify-proof.js'

function open(seed = 1): Database<AnyDocument> {
  return openReplica({ space: createMemorySpace(), seed })
}

describe('a proof', () => {
  it('says who wrote a version, when, and after what, without the database', async () => {
    const db = open()
    const before = await db.put({ _id: 'a', n: 1 })
    const { clock } = await db.put({ _id: 'a', n: 2 })
    const { database, author } = await db.identity()
    const proof = await db.proof('a')
    await db.put({ _id: 'a', n: 3 })
    await db.destroy()
    const proven = await verifyProof(structuredClone(proof), { database, ...(author && { author }) })
    expect(proven).toEqual({
      commit: clock[0],
      database,
      author,
      time: expect.any(Number),
      parents: before.clock,
      documents: [{ id: 'a', deleted: false, doc: { _id: 'a', n: 2 } }],
    })
  })

  it('is of the version that is shown, or was at a clock, folded or not', async () => {
    const db = open()
    const { clock } = await db.bulk([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ])
    await db.put({ _id: 'a', n: 2 })
    await db.del('b')
    for (const _ of ['before', 'after']) {
      const shown = (await verifyProof(await db.proof('a'))).documents
      expect(shown).toEqual([{ id: 'a', deleted: false, doc: { _id: 'a', n: 2 } }])
      expect((await verifyProof(await db.proof('a', { asOf: clock }))).documents).toEqual([
        { id: 'a', deleted: false, doc: { _id: 'a', n: 1 } },
        { id: 'b', deleted: false },
      ])
      expect((await verifyProof(await db.proof('b'))).documents).toEqual([{ id: 'b', deleted: true }])
      await db.compact()
    }
    await db.prune({ before: await db.clock() })
    await expect(db.proof('a', { asOf: clock })).rejects.toMatchObject({ code: 'PRUNED' })
    await expect(db.proof('missing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await db.close()
  })

  it('of a commit of 16 documents takes at most 4 kB and the content', async () => {
    const db = open()
    const docs = Array.from({ length: 16 }, (_, i) => ({ _id: `document-${i}`, n: 1 }))
    await db.bulk(docs)
    await db.bulk(docs.map(doc => ({ ...doc, n: 2 })))
    const { commit, keys } = await db.proof('document-3')
    expect(commit.length + keys.write.length + keys.read.length).toBeLessThanOrEqual(4096)
    await db.close()
  })

  it('fails with any byte changed, in any part', async () => {
    const db = open()
    await db.put({ _id: 'a', n: 1 })
    const proof = (await db.proof('a')) as Required<Proof>
    const { write, read } = proof.keys
    const flip = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes[at] as number) ^ (1 << (at % 8)))
    const damaged: Proof[] = [
      ...Array.from(proof.commit, (_, at) => ({ ...proof, commit: flip(proof.commit, at) })),
      ...Array.from(proof.body, (_, at) => ({ ...proof, body: flip(proof.body, at) })),
      ...Array.from(write, (_, at) => ({ ...proof, keys: { read, write: flip(write, at) } })),
      ...Array.from(read, (_, at) => ({ ...proof, keys: { read: flip(read, at), write } })),
      { ...proof, commit: proof.commit.subarray(1) },
      { ...proof, body: new Uint8Array([...proof.body, 32]) },
      { ...proof, keys: { write: new Uint8Array([...write, read[0] as number]), read: read.subarray(1) } },
      { ...proof, keys: undefined as never },
      { ...proof, body: 'text' as never },
    ]
    for (const each of damaged) {
      const code = await verifyProof(each).then(
        () => 'proven',
        error => error.code,
      )
      expect(code).toMatch(/^(CORRUPT|INVALID_COMMIT|UNSUPPORTED_FORMAT)$/)
    }
    expect((await verifyProof(proof)).documents).toHaveLength(1)
    await db.close()
  })

  it('of another database, or by another author, is refused where it matters', async () => {
    const [db, other] = [open(1), open(2)]
    await db.put({ _id: 'a' })
    const proof = await db.proof('a')
    const { database, author } = await other.identity()
    await expect(verifyProof(proof, { database })).rejects.toMatchObject({ code: 'DATABASE_MISMATCH' })
    await expect(verifyProof(proof, { author: author as string })).rejects.toMatchObject({
      code: 'DATABASE_MISMATCH',
    })
    const { keys } = await other.put({ _id: 'a' }).then(() => other.proof('a'))
    await expect(verifyProof({ ...proof, keys })).rejects.toMatchObject({ code: 'CORRUPT' })
    await expect(verifyProof(proof, { databse: database } as never)).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    })
    await other.del('a')
    expect(await verifyProof({ ...(await other.proof('a')), body: null } as never)).toMatchObject({
      documents: [{ id: 'a', deleted: true }],
    })
    await Promise.all([db.close(), other.close()])
  })
})
