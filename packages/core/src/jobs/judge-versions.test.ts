import { describe, expect, it } from 'vitest'
import type { AnyDocument } from '../database/document-types.js'
import { type JobSpec, phaseOf } from './job-spec.js'
import { judgeVersions } from './judge-versions.js'
import { mergeEdits } from './merge-edits.js'

const SPEC: JobSpec = {
  ...{ field: 'state', claimField: 'claim', from: 'todo', select: undefined },
  ...{ running: 'doing', done: 'done', failed: 'failed' },
}

const claim = (turn: number, by: string | undefined, more: AnyDocument = {}) => ({
  ...{ key: 'k', turn, attempt: turn, failures: 0 },
  ...(by !== undefined && { by, lease: 50 }),
  ...more,
})

const judge = (...docs: AnyDocument[]) =>
  judgeVersions(
    docs.map((doc, i) => ({ doc: { _id: 'x', ...doc }, clock: [`commit ${i}`] })),
    SPEC,
  )

describe('what the versions of a job say', () => {
  it('one that waits is open, with a key of its own', () => {
    const [first, other] = [judge({ state: 'todo', a: 1 }), judge({ state: 'other' })]
    expect(first).toMatchObject({
      kind: 'open',
      content: { _id: 'x', state: 'todo', a: 1 },
      before: { turn: 0, attempt: 0, failures: 0, key: expect.stringMatching(/^[a-z2-7]{52}$/) },
    })
    expect(other).toEqual({ kind: 'none' })
  })

  it('one that was given back keeps its key and its counts', () => {
    const before = { key: 'k', turn: 3, attempt: 3, failures: 2 }
    expect(judge({ state: 'todo', claim: claim(3, undefined, { failures: 2 }) })).toMatchObject({
      kind: 'open',
      before,
    })
  })

  it('one that ended and waits again is another job, and its turns go on', () => {
    const found = judge({ state: 'todo', claim: claim(3, undefined, { ended: 'x' }) })
    expect(found).toMatchObject({ kind: 'open', before: { turn: 3, attempt: 0, failures: 0 } })
    expect(found).not.toMatchObject({ before: { key: 'k' } })
  })

  it('one that is claimed is held, and an edit of it does not count as a sign of life', () => {
    const held = judge({ state: 'doing', claim: claim(2, 'a') })
    const edited = judge({ state: 'doing', claim: claim(2, 'a'), title: 'new' })
    const renewed = judge({ state: 'doing', claim: claim(3, 'a') })
    expect(held).toMatchObject({ kind: 'held', lease: 50, before: { key: 'k', turn: 2 } })
    const tokens = [held, edited, renewed].map(found => (found as { token: string }).token)
    expect(tokens[0]).toBe(tokens[1])
    expect(tokens[0]).not.toBe(tokens[2])
  })

  it('a state without a claim is held as well, by nobody knows whom', () => {
    expect(judge({ state: 'doing' })).toMatchObject({ kind: 'held', lease: undefined, before: { turn: 0 } })
  })

  it('a claim of those that were written apart counts by its turn', () => {
    expect(
      judge({ state: 'doing', claim: claim(1, 'b') }, { state: 'doing', claim: claim(2, 'a') }),
    ).toMatchObject({ kind: 'held', token: '2 a', before: { turn: 2 } })
  })

  it('an edit that was written apart from a claim goes into the next claim', () => {
    expect(judge({ state: 'doing', claim: claim(1, 'a') }, { state: 'todo', title: 'new' })).toMatchObject({
      kind: 'held',
      content: { title: 'new' },
      before: { key: 'k' },
    })
  })

  it('edits that contradict each other, or another state, wait for a person', () => {
    expect(judge({ state: 'todo', title: 'a' }, { state: 'todo', title: 'b' })).toEqual({ kind: 'none' })
    expect(judge({ state: 'doing', claim: claim(1, 'a') }, { state: 'cancelled' })).toEqual({ kind: 'none' })
  })

  it('a deletion counts against a claim, and not against an edit', () => {
    const deleted = { _deleted: true }
    expect(judge({ state: 'doing', claim: claim(1, 'a') }, deleted)).toEqual({ kind: 'gone' })
    expect(judge({ state: 'todo' }, deleted)).toMatchObject({ kind: 'open' })
    expect(judge(deleted)).toEqual({ kind: 'none' })
  })

  it('a result counts against all claims of its job, and takes their place', () => {
    const result = { state: 'done', result: 1, title: 't', claim: claim(2, undefined, { ended: 'x' }) }
    const late = { state: 'doing', title: 't', claim: claim(1, 'b') }
    const mended = { _id: 'x', ...result }
    expect(judge(late, result)).toEqual({ kind: 'ended', mended })
    expect(judge(result)).toEqual({ kind: 'ended', mended: undefined })
    expect(judge(result, result)).toEqual({ kind: 'ended', mended: undefined })
    // Somebody wrote into the late one: nothing of it is thrown away.
    expect(judge({ ...late, title: 'new' }, result)).toEqual({ kind: 'ended', mended: undefined })
    expect(judge({ ...late, claim: { ...late.claim, key: 'other' } }, result)).toMatchObject({
      mended: undefined,
    })
  })

  it('a result answers those as well who asked for the same apart from it', () => {
    const result = { state: 'done', input: 1, result: 1, claim: claim(2, undefined, { ended: 'x' }) }
    const asked = { state: 'todo', input: 1 }
    const mended = { _id: 'x', ...result }
    expect(judge(asked, result)).toEqual({ kind: 'ended', mended })
    expect(judge(asked, { state: 'doing', input: 1, claim: claim(1, 'a') }, result)).toMatchObject({ mended })
    // What it asks for besides, or what is to be done once more, is not thrown away.
    expect(judge({ ...asked, urgent: true }, result)).toEqual({ kind: 'ended', mended: undefined })
    expect(judge({ ...result, state: 'todo' }, result)).toEqual({ kind: 'ended', mended: undefined })
  })

  it('of two results of one job that with the greater turn stays', () => {
    const results = [1, 2].map(turn => ({
      state: 'done',
      result: turn,
      claim: claim(turn, undefined, { ended: `${turn}` }),
    }))
    expect(judge(...results)).toMatchObject({ kind: 'ended', mended: { result: 2 } })
  })
})

describe('what a document is where a function selects', () => {
  const select: JobSpec = { ...SPEC, from: undefined, select: doc => doc.thumb === undefined }
  const loose: JobSpec = { ...select, running: undefined, done: undefined, failed: undefined }

  it('follows the claim where states are left alone', () => {
    expect(phaseOf({ _id: 'x' }, loose)).toBe('open')
    expect(phaseOf({ _id: 'x', claim: claim(1, 'a') }, loose)).toBe('claimed')
    expect(phaseOf({ _id: 'x', thumb: 1 }, loose)).toBe('other')
    expect(phaseOf({ _id: 'x', thumb: 1, claim: claim(1, undefined, { ended: 'y' }) }, loose)).toBe('ended')
    expect(phaseOf({ _id: 'x', state: 'doing' }, select)).toBe('claimed')
  })

  it('is nobody’s claim where the field holds something else', () => {
    expect(phaseOf({ _id: 'x', claim: { by: 'somebody' } }, loose)).toBe('open')
    expect(phaseOf({ _id: 'x', claim: 7 }, loose)).toBe('open')
  })
})

describe('merging the edits of others', () => {
  it('takes each field that one of them changed', () => {
    const base = { a: 1, b: 1, c: 1 }
    expect(
      mergeEdits(
        { ...base, own: 1 },
        [
          { a: 2, b: 1, c: 1 },
          { a: 1, b: 1 },
        ],
        base,
      ),
    ).toEqual({
      ...{ a: 2, b: 1, own: 1, c: undefined },
    })
  })

  it('is not possible where two changed one field differently', () => {
    expect(mergeEdits({ a: 1 }, [{ a: 2 }, { a: 3 }], { a: 1 })).toBeUndefined()
    expect(mergeEdits({ a: 1 }, [{ a: 2 }, { a: 2 }], { a: 1 })).toEqual({ a: 2 })
  })

  it('compares attachments by their content', () => {
    const file = (cid: string) => ({ cid, file: () => undefined })
    const base = { _files: { a: file('1') } }
    expect(mergeEdits({ _files: { a: file('2') } }, [{ _files: { a: file('3') } }], base)).toBeUndefined()
    expect(mergeEdits({ _files: { a: file('2') } }, [{ _files: { a: file('1') } }], base)).toMatchObject({
      _files: { a: { cid: '2' } },
    })
  })
})
