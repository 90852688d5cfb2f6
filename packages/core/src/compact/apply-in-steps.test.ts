import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { utf8ToBytes } from '../primitives/bytes.js'
import { TimeSlice } from '../primitives/time-slice.js'
import { applyEdits, type EditedTree } from '../tree/apply-edits.js'
import type { TreeEdit } from '../tree/tree-edit.js'
import type { TreeRoot } from '../tree/tree-node.js'
import { applyInSteps } from './apply-in-steps.js'

/** The nodes that were made so far. */
class Nodes {
  readonly #bytesByKey = new Map<CidKey, Uint8Array>()

  take({ root, added }: EditedTree): TreeRoot {
    for (const { cid, bytes } of added) this.#bytesByKey.set(cidToKey(cid), bytes)
    return root
  }

  readonly get = (cid: Parameters<typeof cidToKey>[0]): Uint8Array =>
    this.#bytesByKey.get(cidToKey(cid)) as Uint8Array
}

/** Edits of numbers from all over, ascending; a size of 0 deletes. */
function createEdits(sizes: ReadonlyMap<number, number>): TreeEdit[] {
  return [...sizes]
    .sort(([a], [b]) => a - b)
    .map(([n, size]) => [
      utf8ToBytes(String(n).padStart(5, '0')),
      size === 0 ? undefined : new Uint8Array(size).fill(n),
    ])
}

function keysOf({ added, removed }: EditedTree): [string[], string[]] {
  return [added.map(({ cid }) => cidToKey(cid)).sort(), removed.map(cidToKey).sort()]
}

const everyTurn = { now: () => 0, pause: async () => undefined }

it('gives the root, the new nodes and the removed ones that applying all edits at once gives', async () => {
  const sizes = fc.array(fc.tuple(fc.nat(9999), fc.nat(300)), { minLength: 0, maxLength: 3000, size: 'max' })
  await fc.assert(
    fc.asyncProperty(sizes, sizes, async (before, after) => {
      const nodes = new Nodes()
      const root = nodes.take(await applyEdits(nodes, undefined, createEdits(new Map(before))))
      const edits = createEdits(new Map(after))
      const atOnce = await applyEdits(nodes, root, edits)
      const inSteps = await applyInSteps(nodes, root, edits, new TimeSlice(everyTurn))
      expect(inSteps.root?.toString()).toBe(atOnce.root?.toString())
      expect(keysOf(inSteps)).toEqual(keysOf(atOnce))
    }),
    { numRuns: runs(12) },
  )
})

it('gives others their turn between steps, also where edits are few and large', async () => {
  for (const [count, size] of [
    [5000, 10],
    [60, 40_000],
  ] as const) {
    let pauses = 0
    let time = 0
    const pause = async () => void pauses++
    const slice = new TimeSlice({ now: () => (time += 10), pause })
    const edits = createEdits(new Map(Array.from({ length: count }, (_, i) => [i, size])))
    await applyInSteps(new Nodes(), undefined, edits, slice)
    expect(pauses).toBeGreaterThanOrEqual(8)
  }
})
