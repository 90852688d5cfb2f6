import { describe, expect, it } from 'vitest'
import { createTestDatabase } from '../testing/create-test-database.js'
import { accept } from './accept.js'
import { contributions } from './contributions.js'
import { nominate } from './nominate.js'
import { nominations } from './nominations.js'
import { reject } from './reject.js'
import { review } from './review.js'

function open() {
  const [base, theirs] = [createTestDatabase(), createTestDatabase({ name: 'theirs', seed: 2 })]
  return { base, theirs, close: () => Promise.all([base.close(), theirs.close()]) }
}

describe('a nomination', () => {
  it('names documents that are there, or were', async () => {
    const { theirs, close } = open()
    await theirs.put({ _id: 'a', n: 1 })
    await theirs.del('a')
    const { id } = await nominate(theirs, { ids: ['a', 'a'], title: 'away' })
    expect(await nominations(theirs)).toEqual([{ id, ids: ['a'], title: 'away', note: '' }])
    await expect(nominate(theirs, { ids: ['b'], title: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    for (const wrong of [{ ids: [] }, { ids: ['a'], title: '' }, { ids: [id] }, { ids: 'a' }, { more: 1 }]) {
      const options = { ids: ['a'], title: 'x', ...wrong } as never
      await expect(nominate(theirs, options)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    }
    await close()
  })

  it('that is none, or asks for decisions to be taken over, is passed over and refused', async () => {
    const { base, theirs, close } = open()
    const forged = 'contribution:somebody/nomination:1'
    await theirs.put({ _id: forged, decision: 'accepted' })
    await theirs.put({ _id: 'nomination:1', ids: [forged], title: 'x', note: '' })
    await theirs.put({ _id: 'nomination:2', ids: [], title: 1 })
    // Its decision could not be written once its documents were taken.
    const long = `nomination:${'x'.repeat(4080)}`
    await theirs.put({ _id: 'mine', n: 1 })
    await theirs.put({ _id: long, ids: ['mine'], title: 'x', note: '' })
    await expect(accept(base, theirs, long)).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
    expect(await base.has('mine')).toBe(false)
    expect(await nominations(theirs)).toEqual([])
    for (const run of [review, accept]) {
      await expect(run(base, theirs, 'nomination:1')).rejects.toMatchObject({ code: 'INVALID_DOCUMENT' })
      await expect(run(base, theirs, 'nomination:9')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    expect(await contributions(base)).toEqual([])
    await close()
  })

  it('is taken over in part, and a later decision supersedes an earlier one', async () => {
    const { base, theirs, close } = open()
    await theirs.bulk([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 1 },
    ])
    const { id } = await nominate(theirs, { ids: ['a', 'b'], title: 'both', note: 'please' })
    await reject(base, theirs, id, 'later')
    expect(await contributions(base)).toMatchObject([
      { id, decision: 'rejected', reason: 'later', note: 'please' },
    ])
    await expect(accept(base, theirs, id, { only: ['c'] })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect(await accept(base, theirs, id, { only: ['b'], reason: 'good' })).toMatchObject({ ids: ['b'] })
    expect(await base.find('a')).toBeUndefined()
    expect(await contributions(base)).toMatchObject([{ decision: 'accepted', merged: ['b'], reason: 'good' }])
    expect((await review(base, theirs, id)).differences).toMatchObject([{ id: 'a', kind: 'added' }])
    await close()
  })
})
