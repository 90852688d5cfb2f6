import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { cidToKey } from '../codec/cid.js'
import { equalValues } from '../primitives/equal-values.js'
import { applyCommits } from '../state/apply-commits.js'
import { HistoryModel, type ModelVersion } from '../state/fixtures/history-model.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { foldedPart, viewOfPart } from '../state/fixtures/model-snapshot.js'
import { StoredDocument } from '../state/stored-document.js'
import { type LoadedCommit, View } from '../state/view.js'
import type { MemoryBlocks } from '../tree/fixtures/memory-blocks.js'
import { ConflictIds } from './conflict-ids.js'
import { listConflicts } from './conflict-list.js'
import type { ConflictRecord, VersionRecord } from './conflict-record.js'

async function viewOf(commits: readonly LoadedCommit[]): Promise<View> {
  return (await applyCommits(View.empty, commits)).view
}

async function conflictsIn(view: View, ids = new ConflictIds()): Promise<ConflictRecord[]> {
  const conflicts: ConflictRecord[] = []
  for await (const conflict of listConflicts(view, ids)) conflicts.push(conflict)
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

interface PlainVersion {
  readonly doc: unknown
  readonly clock: string
  readonly time: number
}

interface PlainConflict {
  readonly id: string
  readonly versions: readonly PlainVersion[]
  readonly base: PlainVersion | undefined
}

function plain({ id, versions, base }: ConflictRecord): PlainConflict {
  const version = ({ document, clock, time }: VersionRecord): PlainVersion => ({
    doc: document?.copy(),
    clock: String(clock),
    time,
  })
  return { id, versions: versions.map(version), base: base && version(base) }
}

function expectedVersion(id: string, { commit, documents }: LoadedCommit): PlainVersion {
  return { doc: documents.get(id)?.copy(), clock: commit.cid.toString(), time: commit.time }
}

/** The newest version from which all these come, by definition. */
function expectedBase(
  model: HistoryModel,
  id: string,
  leaves: readonly ModelVersion[],
): PlainVersion | undefined {
  const byKey = new Map(model.commits.map(loaded => [loaded.commit.key, loaded]))
  const supersededBy = (key: string): string[] => {
    const { ops } = (byKey.get(key as never) as LoadedCommit).commit
    const named = ops.find(op => op.id === id)?.prev.map(cidToKey) ?? []
    const counting = named.filter(prev => model.ancestors(key as never).has(prev))
    const versions = counting.filter(prev => byKey.get(prev)?.commit.ops.some(op => op.id === id))
    return versions.flatMap(prev => [prev, ...supersededBy(prev)])
  }
  const [first, ...others] = leaves.map(({ key }) => new Set(supersededBy(key)))
  const common = [...(first as Set<string>)].filter(key => others.every(set => set.has(key)))
  const heightOf = (key: string) => byKey.get(key as never)?.commit.height ?? 0
  const newest = common.sort((a, b) => heightOf(b) - heightOf(a) || (a > b ? -1 : 1))[0]
  return newest === undefined ? undefined : expectedVersion(id, byKey.get(newest as never) as LoadedCommit)
}

/** What is to be listed of a document, by definition; nothing where there is no conflict. */
function expectedConflict(model: HistoryModel, id: string, leaves: readonly ModelVersion[]): PlainConflict[] {
  const versions = leaves.map(({ loaded }) => expectedVersion(id, loaded))
  if (versions.every(({ doc }) => equalValues(doc, versions[0]?.doc))) return []
  return [{ id, versions, base: expectedBase(model, id, leaves) }]
}

/** A history, and two parts of it that are in one snapshot after the other. */
const anyReplica = hostileHistory(15, true).chain(model =>
  fc.record({ model: fc.constant(model), parts: fc.tuple(foldedPart(model), foldedPart(model)) }),
)

describe('conflicts', () => {
  it('scenario 7: are the documents whose leaves differ, unless all are deleted, with what they come from', async () => {
    const property = fc.asyncProperty(anyReplica, async ({ model, parts }) => {
      const history = model.history(model.commits)
      // ASCII before the rest: the ids of these histories sort like this by code point, too.
      const expected = [...model.ids(history)]
        .sort()
        .flatMap(id => expectedConflict(model, id, model.leaves(history, id)))
      // One object looks at both snapshots, and finds the second by how it differs from the first.
      const ids = new ConflictIds()
      for (const part of parts) {
        const { view } = await applyCommits(await viewOfPart(model, part), model.commits)
        expect((await conflictsIn(view, ids)).map(plain)).toEqual(expected)
      }
    })
    await fc.assert(property, { numRuns: runs(25) })
  })

  it('are listed behind an id in code point order', async () => {
    const model = new HistoryModel()
    const names = ['b', 'a', '\u{10000}', '\uffff']
    for (const n of [1, 2])
      model.forge(
        [],
        names.map(id => ({ id, prev: [], fields: { n } })),
      )
    const view = await viewOf(model.commits)
    const found: string[] = []
    for await (const { id } of listConflicts(view, new ConflictIds(), 'a')) found.push(id)
    expect(found).toEqual(['b', '\uffff', '\u{10000}'])
  })

  it('L11: look at all documents once, then at what newer snapshots have otherwise', async () => {
    const model = new HistoryModel()
    const ids = Array.from({ length: 1000 }, (_, i) => `${1000 + i}`)
    model.forge(
      [],
      ids.map(id => ({ id, prev: [], fields: { text: id.repeat(20) } })),
    )
    const known = new ConflictIds()
    const reads: number[] = []
    const list = async (view: View) => {
      const blocks = view.snapshot?.blocks as MemoryBlocks
      blocks.forgetReads()
      const found = await conflictsIn(view, known)
      reads.push(blocks.reads)
      return found.map(({ id }) => id)
    }
    const fold = async (id: string) => {
      model.forge([model.commits.length - 1], [{ id, prev: [], fields: {} }])
      const folded = new Set(model.commits.map(({ commit }) => commit.key))
      return viewOfPart(model, { folded, isAsync: false })
    }
    const first = await fold('1007')
    expect(await list(first)).toEqual(['1007'])
    expect(await list(first)).toEqual(['1007'])
    expect(await list(await fold('1700'))).toEqual(['1007', '1700'])
    const [all, again, newer] = reads as [number, number, number]
    expect(all).toBeGreaterThan(30)
    expect(again).toBeLessThan(20)
    expect(newer).toBeLessThan(30)
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

  it('name the fields in which any two versions differ, and deletions', async () => {
    const [a, b] = [
      { same: 1, address: { city: 'Rome', zip: '1' }, tags: ['x'], only: true },
      { same: 1, address: { city: 'Oslo', zip: '1' }, tags: ['x', 'y'] },
    ]
    const fieldsOf = async (...contents: (Record<string, unknown> | undefined)[]) =>
      (await conflictsIn(await viewOf(writtenApart(...contents)))).map(({ fields }) => fields)
    expect(await fieldsOf(a, b)).toEqual([['address.city', 'only', 'tags']])
    expect(await fieldsOf(a, b, undefined)).toEqual([['_deleted', 'address.city', 'only', 'tags']])
    expect(await fieldsOf(a, { ...a, tags: [] }, { ...a, same: 2 })).toEqual([['same', 'tags']])
    expect(await fieldsOf(a, undefined)).toEqual([['_deleted']])
  })

  it('have no base where its content was erased', async () => {
    const model = new HistoryModel()
    const base = model.forge([], [{ id: 'x', prev: [], fields: { n: 0 } }])
    const edits = [1, 2].map(n => model.forge([0], [{ id: 'x', prev: [0], fields: { n } }]))
    const [whole] = await conflictsIn(await viewOf([base, ...edits]))
    expect(whole?.base?.document?.copy()).toEqual({ _id: 'x', n: 0 })
    const [pruned] = await conflictsIn(await viewOf([erased(base), ...edits]))
    expect(pruned?.base).toBeUndefined()
    expect(pruned?.versions.length).toBe(2)
  })

  it.each([
    ['does not decode', damaged],
    ['was erased', erased],
  ])('leave out a version that %s, and a document of which fewer than two remain', async (_, spoil) => {
    const all = writtenApart({ n: 1 }, { n: 2 }, { n: 3 })
    const [first, second, third] = all as [LoadedCommit, LoadedCommit, LoadedCommit]
    const clocks = async (commits: readonly LoadedCommit[]) =>
      (await conflictsIn(await viewOf(commits))).map(({ versions }) => versions.map(({ clock }) => clock[0]))
    const [whole] = await clocks(all)
    expect(whole?.length).toBe(3)
    for (const spoilt of all) {
      const rest = whole?.filter(clock => clock !== spoilt.commit.cid.toString())
      expect(await clocks(all.map(each => (each === spoilt ? spoil(each) : each)))).toEqual([rest])
    }
    expect(await clocks([first, spoil(second), spoil(third)])).toEqual([])
    expect(await clocks([spoil(first), spoil(second)])).toEqual([])
  })
})
