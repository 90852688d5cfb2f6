import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../src/database/database.js'
import { createMemorySpace } from '../../src/storage/memory-storage.js'
import { createTestDatabase } from '../../src/testing/create-test-database.js'
import {
  type Follow,
  follow,
  friendsOfFriends,
  neighbours,
  type Person,
  reach,
} from './fixtures/graph-example.js'
import { readExample } from './fixtures/read-example.js'

const NODES = 10_000
const EDGES = 5

/** Every node leads to the next one, so all are reached from any, and to four others. */
function createPeople(count: number): (Person & { _id: string })[] {
  let state = 7
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * count)
  }
  return Array.from({ length: count }, (_, i) => {
    const others = Array.from({ length: EDGES - 1 }, () => `person-${next()}`)
    return { _id: `person-${i}`, name: `Person ${i}`, friends: [`person-${(i + 1) % count}`, ...others] }
  })
}

describe('the example in docs/graphs.md', () => {
  it('is the code that runs here', async () => {
    const { shown, run } = await readExample('graphs.md', 'graph-example.ts')
    expect(shown).toBe(run)
  })
})

describe('a graph of 10,000 documents with 50,000 edges in them', () => {
  const people = createPeople(NODES)
  const storage = createMemorySpace()
  let db: Database<Person>

  beforeEach(async () => {
    db = createTestDatabase<Person>({ storage })
    if ((await db.clock()).length === 0) await db.bulk(people)
  })

  afterEach(() => db.close())

  it('is crawled by recursive reads, each document once and as it was written', async () => {
    const found = await reach(db, 'person-0')
    expect(found.size).toBe(NODES)
    expect([...found.values()].reduce((sum, { friends }) => sum + friends.length, 0)).toBe(NODES * EDGES)
    for (const person of people) expect(found.get(person._id)).toEqual(person)
  })

  it('is crawled from any node, again, and after it was folded', async () => {
    await db.compact()
    for (const start of ['person-0', `person-${NODES - 1}`, 'person-4711']) {
      expect((await reach(db, start)).size).toBe(NODES)
    }
  })

  it('gives the friends of friends that its edges say', async () => {
    const byId = new Map(people.map(person => [person._id, person]))
    for (const { _id, friends } of people.slice(0, 200)) {
      const expected = new Set(friends.flatMap(friend => byId.get(friend)?.friends ?? []))
      for (const known of [_id, ...friends]) expected.delete(known)
      expect(await friendsOfFriends(db, _id)).toEqual(expected)
    }
  })
})

describe('a small graph', () => {
  it('may have circles, edges to itself and edges to deleted documents', async () => {
    const db = createTestDatabase<Person>()
    await db.bulk([
      { _id: 'a', name: 'A', friends: ['a', 'b', 'gone'] },
      { _id: 'b', name: 'B', friends: ['a', 'gone', 'never'] },
      { _id: 'gone', name: 'Gone', friends: ['c'] },
      { _id: 'c', name: 'C', friends: [] },
    ])
    await db.del('gone')
    expect([...(await reach(db, 'a')).keys()].sort()).toEqual(['a', 'b'])
    expect((await reach(db, 'never')).size).toBe(0)
    expect(await friendsOfFriends(db, 'a')).toEqual(new Set(['never']))
    await db.close()
  })

  it('is read in both directions where its edges are documents, whatever was done twice or undone', async () => {
    const db = createTestDatabase<Follow>()
    const edges = [
      ['a', 'b'],
      ['a', 'c'],
      ['b', 'a'],
      ['c', 'b'],
      ['a', 'b'],
    ] as const
    for (const [from, to] of edges) await follow(db, from, to)
    expect(await neighbours(db, 'a')).toEqual({ follows: ['b', 'c'], followers: ['b'] })
    expect(await neighbours(db, 'b')).toEqual({ follows: ['a'], followers: ['a', 'c'] })
    await db.del('a→b')
    await db.compact()
    expect(await neighbours(db, 'b')).toEqual({ follows: ['a'], followers: ['c'] })
    expect(await neighbours(db, 'nobody')).toEqual({ follows: [], followers: [] })
    await db.close()
  })
})
