import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../test/runs.js'
import { createMemorySpace } from '../../storage/memory-storage.js'
import type { StorageSpace } from '../../storage/storage.js'
import { seededRandom } from '../../testing/seeded-random.js'
import { SteppedSpace } from '../../testing/stepped-space.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import { openDatabase } from '../firekeep.js'
import { readAll, storedKeys } from '../fixtures/forks.js'

type Action =
  | { readonly kind: 'put'; readonly id: string; readonly n: number }
  | { readonly kind: 'del' | 'purge'; readonly id: string }
  | { readonly kind: 'compact' | 'prune' | 'fork' | 'fork-past' | 'destroy' | 'merge' | 'query' }

const id = fc.constantFrom('a', 'b', 'c')
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), id, n: fc.nat({ max: 99 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('del' as const, 'purge' as const), id }) },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'compact' as const,
        'compact' as const,
        'prune' as const,
        'fork' as const,
        'fork-past' as const,
        'destroy' as const,
        'merge' as const,
        'query' as const,
      ),
    }),
  },
)
const step = fc.record({ who: fc.nat(), tab: fc.nat({ max: 1 }), action })
const HOUR = 3_600_000

/** Databases of one storage, each open in two tabs, and what each has to show. */
class Family {
  readonly space: StorageSpace = createMemorySpace()
  readonly shownByName = new Map<string, Record<string, unknown>>()
  readonly #tabs = [new SteppedSpace(this.space, 'one'), new SteppedSpace(this.space, 'two')]
  readonly #open = new Map<string, Database<AnyDocument>>()
  #time = 0
  #made = 0
  #seed = 0

  database(name: string, tab: number): Database<AnyDocument> {
    const key = `${name} ${tab}`
    const known = this.#open.get(key)
    if (known !== undefined) return known
    const db = openDatabase<AnyDocument>(
      name,
      { storage: this.#tabs[tab] as StorageSpace, autoCompact: false },
      {
        now: () => (this.#time += HOUR),
        random: seededRandom(++this.#seed),
        delay: async () => undefined,
        report: error => {
          throw error
        },
      },
    )
    this.#open.set(key, db)
    return db
  }

  async run({ who, tab, action }: { who: number; tab: number; action: Action }): Promise<void> {
    const names = [...this.shownByName.keys()]
    const name = names[who % names.length] as string
    const db = this.database(name, tab)
    const shown = this.shownByName.get(name) as Record<string, unknown>
    // What another tab wrote is there as soon as somebody looks.
    await db.transact(() => undefined)
    switch (action.kind) {
      case 'put':
        await db.put({ _id: action.id, n: action.n })
        shown[action.id] = action.n
        return
      case 'del':
      case 'purge':
        await (action.kind === 'del' ? db.del(action.id) : db.purge(action.id))
        delete shown[action.id]
        return
      case 'compact':
        await db.compact()
        return
      case 'prune':
        await db.prune({ before: await db.clock() })
        return
      case 'query':
        await db.query('n')
        return
      case 'merge':
        await this.#merge(names, who, db)
        return
      case 'destroy':
        if (names.length > 1) await this.#destroy(name, db)
        return
      default:
        if (names.length < 4) await this.#fork(db, shown, action.kind === 'fork-past')
    }
  }

  async #fork(db: Database<AnyDocument>, shown: Record<string, unknown>, isPast: boolean): Promise<void> {
    const name = `fork ${++this.#made}`
    const asOf = isPast ? await db.clock() : undefined
    const extra = isPast ? await db.put({ _id: 'later', n: this.#made }) : undefined
    const fork = await db.fork(name, asOf && { asOf })
    this.shownByName.set(name, { ...shown })
    if (extra !== undefined) shown.later = this.#made
    await fork.close()
  }

  /** Picked, so that what has to be shown is what the other one shows. */
  async #merge(names: readonly string[], who: number, db: Database<AnyDocument>): Promise<void> {
    const other = names[(who + 1) % names.length] as string
    const theirs = this.shownByName.get(other) as Record<string, unknown>
    const source = this.database(other, 0)
    await source.transact(() => undefined)
    await db.mergeFrom(source, { only: Object.keys(theirs) })
    Object.assign(this.shownByName.get(db.name) as object, theirs)
  }

  async #destroy(name: string, db: Database<AnyDocument>): Promise<void> {
    this.shownByName.delete(name)
    await db.destroy()
    for (const [key, open] of this.#open) {
      if (!key.startsWith(`${name} `)) continue
      this.#open.delete(key)
      await open.close()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(db => db.close()))
    this.#open.clear()
  }
}

describe('databases that share a storage', () => {
  it('lose no document by what the others write, fold, prune, purge and remove', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async steps => {
        const family = new Family()
        family.shownByName.set('base', { a: 1, b: 1 })
        await family.database('base', 0).bulk([
          { _id: 'a', n: 1 },
          { _id: 'b', n: 1 },
        ])
        for (const each of steps) await family.run(each)
        await family.close()
        for (const [name, shown] of family.shownByName) {
          const db = family.database(name, 1)
          expect(await readAll(db)).toEqual(shown)
          await db.compact()
          await db.compact()
          expect(await readAll(db)).toEqual(shown)
        }
        // With the last of them everything goes that only the others named.
        for (const name of [...family.shownByName.keys()].slice(1)) await family.database(name, 1).destroy()
        const [last] = family.shownByName.keys()
        const db = family.database(last as string, 1)
        await db.prune({ before: await db.clock() })
        expect(await readAll(db)).toEqual(family.shownByName.get(last as string))
        const packs = (await storedKeys(family.space)).filter(key => key.startsWith('pack/'))
        expect(packs.length).toBeLessThanOrEqual(2)
        await family.close()
      }),
      { numRuns: runs(6) },
    )
  })
})
