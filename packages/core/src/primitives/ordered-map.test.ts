import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../test/runs.js'
import { OrderedMap } from './ordered-map.js'

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', 'ÿ', '\uffff'), maxLength: 4 })
const edit = fc.tuple(key, fc.option(fc.integer(), { nil: undefined }))
const bound = fc.option(key, { nil: undefined })

const wideKey = fc.nat(3_000).map(n => n.toString(36))
const wideEdits = fc.array(fc.tuple(wideKey, fc.option(fc.nat(), { nil: undefined, freq: 1 })), {
  minLength: 500,
  maxLength: 3_000,
  size: 'max',
})

describe('an ordered map', () => {
  it('answers as a sorted Map does, for every range, direction and way to edit', () => {
    fc.assert(
      fc.property(
        fc.array(edit),
        fc.boolean(),
        bound,
        bound,
        fc.boolean(),
        (edits, bulk, from, to, reverse) => {
          const model = modelOf(edits)
          const map = bulk ? OrderedMap.empty<number>().update(edits) : editedOneByOne(edits)
          const walk = { from, to, reverse }
          const expected = modelEntries(model, walk)
          expect([...map.entries(walk)]).toEqual(expected)
          expect([...map.keys(walk)]).toEqual(expected.map(([k]) => k))
          expect([...map.values(walk)]).toEqual(expected.map(([, v]) => v))
          expect(map.count(walk)).toBe(expected.length)
          expect(map.at(expected.length)).toEqual(modelEntries(model, {})[expected.length])
          expect(map.size).toBe(model.size)
          for (const [k] of edits) expect(map.get(k)).toBe(model.get(k))
        },
      ),
      { numRuns: runs(200) },
    )
  })

  it('keeps its order and sizes while it grows and shrinks over several levels', () => {
    fc.assert(
      fc.property(wideEdits, wideEdits, wideKey, wideKey, (first, second, from, to) => {
        const grown = OrderedMap.empty<number>().update(first)
        const shrunk = grown.update(second.map(([k, v]) => [k, (v ?? 0) % 4 === 0 ? v : undefined]))
        const model = modelOf([
          ...first,
          ...second.map(([k, v]) => [k, (v ?? 0) % 4 === 0 ? v : undefined] as const),
        ])
        expect([...shrunk.entries()]).toEqual(modelEntries(model, {}))
        expect(shrunk.count({ from, to })).toBe(modelEntries(model, { from, to }).length)
        expect([...grown.entries()]).toEqual(modelEntries(modelOf(first), {}))
      }),
      { numRuns: runs(30) },
    )
  })

  it('is the same whether it was built at once or edit by edit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wideKey, fc.nat()), { maxLength: 2_000, size: 'max' }), entries => {
        const built = OrderedMap.from(entries)
        expect([...built.entries()]).toEqual([...OrderedMap.empty<number>().update(entries).entries()])
        const emptied = built.update(entries.map(([k]) => [k, undefined]))
        expect(emptied.size).toBe(0)
        expect([...emptied.entries()]).toEqual([])
      }),
      { numRuns: runs(40) },
    )
  })

  it('stays flat while it grows, and gets lower again when keys are deleted in any order', () => {
    const entries = numbers(20_000)
    const shuffled = entries
      .map(([k], i): [string, number] => [k, (i * 7_919) % 20_000])
      .sort(([, a], [, b]) => a - b)
    for (const grown of [OrderedMap.from(entries), OrderedMap.empty<number>().update(shuffled)]) {
      expect(grown.height).toBeLessThanOrEqual(4)
      for (const order of [entries, entries.toReversed(), shuffled]) {
        const few = grown.update(order.slice(500).map(([k]) => [k, undefined]))
        expect(few.height).toBeLessThanOrEqual(3)
        expect(few.update(order.slice(9).map(([k]) => [k, undefined])).height).toBe(1)
      }
    }
  })

  it('leaves every older map as it was', () => {
    const old = OrderedMap.from(numbers(2_000))
    const before = [...old.entries()]
    const next = old.update(numbers(2_000).map(([k], i) => [k, i % 3 === 0 ? undefined : -i]))
    next.set('zzz', 1).delete('00001')
    expect([...old.entries()]).toEqual(before)
    expect(old.get('00003')).toBe(3)
    expect(next.get('00003')).toBeUndefined()
  })

  it('is returned itself by an edit that changes nothing', () => {
    const map = OrderedMap.from(numbers(500))
    expect(map.set('00007', 7)).toBe(map)
    expect(map.delete('missing')).toBe(map)
    expect(map.update([])).toBe(map)
    expect(map.set('00007', 8)).not.toBe(map)
  })

  it('shares what an edit does not touch: a walk over the old map goes on while the new one is made', () => {
    let map = OrderedMap.from(numbers(1_000))
    const seen: string[] = []
    for (const k of map.keys()) {
      seen.push(k)
      map = map.delete(k)
    }
    expect(seen).toHaveLength(1_000)
    expect(map.size).toBe(0)
  })
})

type Entries = readonly (readonly [string, number | undefined])[]

function modelOf(edits: Entries): Map<string, number> {
  const model = new Map<string, number>()
  for (const [k, v] of edits) {
    if (v === undefined) model.delete(k)
    else model.set(k, v)
  }
  return model
}

function modelEntries(
  model: Map<string, number>,
  walk: { from?: string | undefined; to?: string | undefined; reverse?: boolean },
): [string, number][] {
  const { from, to, reverse } = walk
  const entries = [...model].filter(
    ([k]) => (from === undefined || k >= from) && (to === undefined || k < to),
  )
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return reverse ? entries.reverse() : entries
}

function editedOneByOne(edits: Entries): OrderedMap<number> {
  let map = OrderedMap.empty<number>()
  for (const [k, v] of edits) map = v === undefined ? map.delete(k) : map.set(k, v)
  return map
}

function numbers(count: number): [string, number][] {
  return Array.from({ length: count }, (_, i) => [String(i).padStart(5, '0'), i])
}
