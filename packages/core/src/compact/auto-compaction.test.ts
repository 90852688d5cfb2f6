import { expect, it } from 'vitest'
import { openCore } from '../database/open-core.js'
import { parseOptions } from '../database/options.js'
import { createMemorySpace } from '../storage/memory-storage.js'
import { seededRandom } from '../testing/seeded-random.js'
import { openEngine, START, storedState } from './fixtures/open-engine.js'

const GRACE = 5 * 60_000

it('packs that were replaced are dropped when their time is over, though nothing is written any more', async () => {
  const space = createMemorySpace()
  const before = openEngine({ space, seed: 1 })
  for (const id of ['a', 'b']) {
    await before.put({ _id: id })
    await before.compact()
  }
  await before.close()
  expect((await storedState(space)).snapshots[0]?.replaced.length).toBeGreaterThan(0)

  let now = START
  const waits: { readonly milliseconds: number; readonly end: () => void }[] = []
  const core = await openCore({
    options: parseOptions('test', { storage: space, key: new Uint8Array(32).fill(7) }),
    openSpace: async () => space,
    environment: {
      now: () => now,
      random: seededRandom(2),
      delay: milliseconds => new Promise(end => waits.push({ milliseconds, end })),
      report: () => undefined,
    },
    indexes: { settled: async () => undefined, persist: async () => undefined },
  })
  const stop = core.autoCompact()
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([GRACE])
  const dropped = new Promise<void>(resolve => core.ledger.subscribe(() => resolve()))
  now += 2 * GRACE
  waits[0]?.end()
  await dropped
  await stop()
  await core.ledger.close()
  await core.home.close()
  expect((await storedState(space)).snapshots[0]?.replaced).toEqual([])
  const after = openEngine({ space, seed: 3 })
  expect((await after.allDocs()).docs).toEqual([{ _id: 'a' }, { _id: 'b' }])
  await after.close()
})
