import { expect, it } from 'vitest'
import { HistoryModel } from '../../state/fixtures/history-model.js'
import { viewOfPart } from '../../state/fixtures/model-snapshot.js'
import type { View } from '../../state/view.js'
import type { MemoryBlocks } from '../../tree/fixtures/memory-blocks.js'
import type { Engine } from '../engine.js'
import { readConflicts } from './read-conflicts.js'

const IDS = ['a', 'b', 'c']

/** Three documents in conflict, each version in a commit of its own. */
function conflicted(): HistoryModel {
  const model = new HistoryModel()
  for (const id of IDS) for (const n of [1, 2]) model.forge([], [{ id, prev: [], fields: { n } }])
  return model
}

function folded(model: HistoryModel): Promise<View> {
  return viewOfPart(model, { folded: new Set(model.commits.map(({ commit }) => commit.key)), isAsync: true })
}

/** A view of which another tab dropped a pack: that of the commits of one document. */
async function dropped(model: HistoryModel, id: string): Promise<View> {
  const view = await folded(model)
  const commits = model.commits.filter(({ commit }) => commit.ops.some(op => op.id === id))
  const blocks = view.snapshot?.blocks as MemoryBlocks
  blocks.remove(commits.map(({ commit }) => commit.cid))
  return view
}

/** An engine that has one view after the other; it goes on to the next when it looks at what is stored. */
function engineOf(views: readonly View[]): { readonly engine: Engine; readonly refreshes: () => number } {
  let at = 0
  const ledger = {
    refresh: async () => {
      at += 1
    },
  }
  const engine = {
    view: async () => views[Math.min(at, views.length - 1)],
    open: async () => ({ ledger }),
    files: { copy: (document: { copy(): unknown }) => document.copy() },
  }
  return { engine: engine as unknown as Engine, refreshes: () => at }
}

async function idsOf(engine: Engine): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of readConflicts(engine)) ids.push(id)
  return ids
}

it('L6: go on behind what was delivered where another tab dropped a pack meanwhile, each once', async () => {
  const model = conflicted()
  const { engine, refreshes } = engineOf([
    await dropped(model, 'b'),
    await dropped(model, 'c'),
    await folded(model),
  ])
  expect(await idsOf(engine)).toEqual(IDS)
  expect(refreshes()).toBe(2)
})

it('fail where it is missing in the newer state as well', async () => {
  const model = conflicted()
  const { engine, refreshes } = engineOf([await dropped(model, 'b')])
  await expect(idsOf(engine)).rejects.toMatchObject({ code: 'BLOCK_MISSING' })
  expect(refreshes()).toBe(1)
})
