import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { DAG_JSON } from '../codec/block.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { testCid } from '../commits/fixtures/test-cid.js'
import { applyCommits } from '../state/apply-commits.js'
import type { HistoryModel } from '../state/fixtures/history-model.js'
import { hostileHistory } from '../state/fixtures/hostile-history.js'
import { type LoadedCommit, View } from '../state/view.js'
import { purgedBodies } from './erased-bodies.js'
import { type PruneBound, prunableBodies } from './prunable-bodies.js'

/** A hostile history in which deletions may purge, and contents may be those of other versions. */
const hostile = fc.record({
  model: hostileHistory(16),
  purges: fc.infiniteStream(fc.boolean()),
  copies: fc.infiniteStream(fc.option(fc.nat(15), { freq: 5 })),
  bound: fc.nat(16),
})

type Hostile = typeof hostile extends fc.Arbitrary<infer T> ? T : never

function commitsOf({ model, purges, copies }: Hostile): LoadedCommit[] {
  return model.commits.map(({ commit, documents }) => {
    const ops = commit.ops.map(op => {
      if (op.body === null) return purges.next().value ? { ...op, purge: true as const } : op
      const copied = copies.next().value
      return copied === null ? op : { ...op, body: testCid(`body of ${op.id} in ${copied}`, DAG_JSON) }
    })
    return { commit: { ...commit, ops }, documents }
  })
}

async function viewOf(commits: readonly LoadedCommit[]): Promise<View> {
  return (await applyCommits(View.empty, commits)).view
}

/** A version of the history, its body and what it counts as having superseded, straight from the definitions. */
interface ModelVersion {
  readonly key: CidKey
  readonly id: string
  readonly body: CidKey | undefined
  readonly purge: boolean
  readonly supersedes: readonly CidKey[]
}

function versionsIn(model: HistoryModel, view: View): ModelVersion[] {
  return [...view.commits.values()].flatMap(({ commit: { key, ops } }) =>
    ops.map(({ id, prev, body, purge }) => ({
      key,
      id,
      body: body === null ? undefined : cidToKey(body),
      purge: purge ?? false,
      supersedes: prev.map(cidToKey).filter(each => model.ancestors(key).has(each)),
    })),
  )
}

function bodiesOf(versions: readonly ModelVersion[]): Set<CidKey> {
  return new Set(versions.flatMap(({ body }) => (body === undefined ? [] : [body])))
}

function leafBodies(view: View): Set<CidKey> {
  const leaves = [...view.docs.values()].flatMap(entry => entry.leaves)
  return new Set(leaves.flatMap(({ body }) => (body === null ? [] : [cidToKey(body)])))
}

function sorted(keys: Iterable<CidKey>): CidKey[] {
  return [...keys].sort()
}

describe('the contents that a purge erases', () => {
  it('are those of all versions it supersedes, directly or not, but for what a leaf shows, in hostile histories', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async history => {
        const view = await viewOf(commitsOf(history))
        const versions = versionsIn(history.model, view)
        const gone = new Set<ModelVersion>()
        const collect = ({ id, supersedes }: ModelVersion) => {
          for (const version of versions) {
            if (version.id !== id || !supersedes.includes(version.key) || gone.has(version)) continue
            gone.add(version)
            collect(version)
          }
        }
        for (const version of versions) if (version.purge) collect(version)
        const shown = leafBodies(view)
        const expected = [...bodiesOf([...gone])].filter(body => !shown.has(body))
        expect(sorted((await purgedBodies(view)).keys())).toEqual(sorted(expected))
      }),
      { numRuns: runs(100) },
    )
  })
})

describe('the contents that prune erases', () => {
  const isPrunedAsDefined = async (
    history: Hostile,
    boundOf: (view: View) => [PruneBound, (key: CidKey) => boolean],
  ) => {
    const view = await viewOf(commitsOf(history))
    const [bound, isWithin] = boundOf(view)
    const versions = versionsIn(history.model, view)
    const isSuperseded = ({ key, id }: ModelVersion) =>
      versions.some(other => other.id === id && isWithin(other.key) && other.supersedes.includes(key))
    const kept = bodiesOf(versions.filter(version => !isSuperseded(version)))
    const expected = [...bodiesOf(versions.filter(isSuperseded))].filter(body => !kept.has(body))
    const erased = await prunableBodies(view, bound)
    expect(sorted(erased.keys())).toEqual(sorted(expected))
    for (const body of leafBodies(view)) expect(erased.has(body)).toBe(false)
  }

  it('are those that versions up to a clock supersede, and of no other version, in hostile histories', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, history =>
        isPrunedAsDefined(history, view => {
          const nodes = [...view.commits.values()].map(({ node }) => node)
          const bound = nodes.slice(history.bound, history.bound + 2)
          const within = history.model.closure(bound.map(({ key }) => key))
          return [bound, key => within.has(key)]
        }),
      ),
      { numRuns: runs(100) },
    )
  })

  it('are those that versions of before a date supersede, and of no other version, in hostile histories', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, history =>
        isPrunedAsDefined(history, view => {
          const time = (key: CidKey) => view.commits.get(key)?.commit.time as number
          return [new Date(history.bound), key => time(key) < history.bound]
        }),
      ),
      { numRuns: runs(100) },
    )
  })
})
