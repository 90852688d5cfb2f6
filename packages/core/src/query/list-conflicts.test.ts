import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { applyCommits } from '../state/apply-commits.js'
import { HistoryModel, type ModelVersion } from '../state/fixtures/history-model.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from '../state/fixtures/model-snapshot.js'
import { StoredDocument } from '../state/stored-document.js'
import { type LoadedCommit, View } from '../state/view.js'
import { createTestPair, settled } from '../testing/create-test-pair.js'
import { type ConflictRecord, listConflicts } from './list-conflicts.js'

async function viewOf(commits: readonly LoadedCommit[]): Promise<View> {
  return (await applyCommits(View.empty, commits)).view
}

async function conflictsIn(view: View): Promise<ConflictRecord[]> {
  const conflicts: ConflictRecord[] = []
  for await (const conflict of listConflicts(view)) conflicts.push(conflict)
  return conflicts
}

/** Versions of `x`, each written without knowing of the others; `undefined` is a deletion. */
function writtenApart(...contents: readonly (Record<string, unknown> | undefined)[]): LoadedCommit[] {
  const model = new HistoryModel()
  return contents.map(fields => model.forge([], [{ id: 'x', prev: [], fields }]))
}

/** A commit whose content does not decode. */
function damaged({ commit }: LoadedCommit): LoadedCommit {
  const stored = new StoredDocument('x', commit.cid, new Uint8Array([1]))
  return { commit, documents: new Map([['x', stored]]) }
}

/** A commit whose content was erased. */
function erased({ commit }: LoadedCommit): LoadedCommit {
  return { commit, documents: new Map() }
}

/** What is to be listed of a document, by definition; `undefined` when nothing is. */
function expectedConflict(id: string, leaves: readonly ModelVersion[]): ConflictRecord | undefined {
  const versions = leaves.map(({ loaded: { commit, documents } }) => ({
    doc: documents.get(id)?.copy() ?? { _id: id, _deleted: true },
    clock: [commit.cid.toString()],
  }))
  const isSame = new Set(versions.map(({ doc }) => JSON.stringify(doc))).size === 1
  return isSame ? undefined : { id, winner: versions[0] as ConflictRecord['winner'], versions }
}

/** A history, and the part of it that is in a snapshot. */
const anyReplica = hostileHistory(15, true).chain(model =>
  fc.record({ model: fc.constant(model), part: foldedPart(model) }),
)

describe('conflicts', () => {
  it('lists what two devices wrote apart, the winner first, until somebody writes over both', async () => {
    const pair = createTestPair()
    await pair.a.put({ _id: 'x', by: 'nobody' })
    await settled(pair)
    pair.offline()
    await pair.a.put({ _id: 'x', by: 'a' })
    await pair.b.put({ _id: 'x', by: 'b' })
    pair.online()
    await settled(pair)
    const [conflict, ...others] = await pair.b.conflicts().toArray()
    expect(others).toEqual([])
    expect(conflict?.winner).toEqual(conflict?.versions[0])
    expect(conflict?.winner.doc).toEqual(await pair.a.get('x'))
    expect(conflict?.versions.map(({ doc }) => doc.by).sort()).toEqual(['a', 'b'])
    expect(await pair.a.conflicts().toArray()).toEqual([conflict])
    await pair.a.del('x')
    expect(await pair.a.conflicts().toArray()).toEqual([])
    await pair.close()
  })

  it('scenario 7: are the documents whose leaves differ, unless all are deleted', async () => {
    const property = fc.asyncProperty(anyReplica, async ({ model, part }) => {
      const history = model.history(model.commits)
      // ASCII before the rest: the ids of these histories sort like this by code point, too.
      const expected = [...model.ids(history)]
        .sort()
        .flatMap(id => expectedConflict(id, model.leaves(history, id)) ?? [])
      const { view } = await applyCommits(await viewOfPart(model, part), model.commits)
      expect(await conflictsIn(view)).toEqual(expected)
    })
    await fc.assert(property, { numRuns: runs(150) })
  })

  it('are not what was written apart and is equal in content, or deleted everywhere', async () => {
    for (const commits of [
      writtenApart({ a: 1, b: [2] }, { b: [2], a: 1 }, { a: 1, b: [2] }),
      writtenApart(undefined, undefined),
      writtenApart({ n: 1 }),
    ]) {
      expect(await conflictsIn(await viewOf(commits))).toEqual([])
    }
    for (const commits of [writtenApart({ n: 1 }, { n: 2 }), writtenApart({ n: 1 }, undefined)]) {
      expect((await conflictsIn(await viewOf(commits))).map(({ versions }) => versions.length)).toEqual([2])
    }
  })

  it.each([
    ['does not decode', damaged],
    ['was erased', erased],
  ])('leave out a version that %s, and a document of which fewer than two remain', async (_, spoil) => {
    const [first, second, third] = writtenApart({ n: 1 }, { n: 2 }, { n: 3 }) as [
      LoadedCommit,
      LoadedCommit,
      LoadedCommit,
    ]
    const whole = await conflictsIn(await viewOf([first, second, third]))
    expect(whole[0]?.versions.length).toBe(3)
    for (const spoilt of [first, second, third]) {
      const commits = [first, second, third].map(each => (each === spoilt ? spoil(each) : each))
      const rest = whole[0]?.versions.filter(({ clock }) => clock[0] !== spoilt.commit.cid.toString())
      expect(await conflictsIn(await viewOf(commits))).toEqual([
        { id: 'x', winner: rest?.[0], versions: rest },
      ])
    }
    expect(await conflictsIn(await viewOf([first, spoil(second), spoil(third)]))).toEqual([])
    expect(await conflictsIn(await viewOf([spoil(first), spoil(second)]))).toEqual([])
  })
})
