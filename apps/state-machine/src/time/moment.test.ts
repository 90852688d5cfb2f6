import type { HistoryCommit } from '@firekeep/core'
import { expect, test } from 'vitest'
import { momentOf } from './moment.js'

const FORK = [commit('a'), commit('b', 'a'), commit('c', 'a'), commit('d', 'b', 'c')]

test('a moment holds what its commit was made from, and nothing later', () => {
  expect(outsideOf('d')).toEqual([])
  expect(outsideOf('a')).toEqual(['b', 'c', 'd'])
})

test('what others did apart is not in it', () => {
  expect(outsideOf('b')).toEqual(['c', 'd'])
  expect(outsideOf('c')).toEqual(['b', 'd'])
})

function outsideOf(cid: string): readonly string[] {
  const at = FORK.find(({ clock }) => clock.includes(cid))
  if (at === undefined) throw new Error(`There is no commit ${cid}.`)
  return [...momentOf(at, FORK).outside].sort()
}

function commit(cid: string, ...parents: readonly string[]): HistoryCommit {
  return { clock: [cid], author: 'key', time: 1, ids: [], parents: parents.map(parent => [parent]) }
}
