import type { Stored } from '@firekeep/core'
import { expect, test } from 'vitest'
import type { Application } from '../data/application.js'
import type { ApplicationState } from '../data/application-state.js'
import { filterApplications, type ListFilter } from './list-filter.js'

const ALL: ListFilter = { scope: 'all', role: 'approver', text: '' }
const LISTED = [
  application('aa1111', 'Ada', 'approval'),
  application('bb2222', 'Charles', 'test-failed'),
  application('cc3333', 'Mary', 'mailed'),
]

test('a role sees whose next step is its own', () => {
  expect(names({ ...ALL, scope: 'mine' })).toEqual(['Ada'])
  expect(names({ ...ALL, scope: 'mine', role: 'examiner' })).toEqual(['Charles'])
})

test('open is whatever has a next step', () => {
  expect(names({ ...ALL, scope: 'open' })).toEqual(['Ada', 'Charles'])
})

test('names, numbers and states are searched, in small and capital letters', () => {
  expect(names({ ...ALL, text: ' ADA ' })).toEqual(['Ada'])
  expect(names({ ...ALL, text: 'bb2-222' })).toEqual(['Charles'])
  expect(names({ ...ALL, text: 'mailed' })).toEqual(['Mary'])
  expect(names(ALL)).toHaveLength(3)
})

function names(filter: ListFilter): readonly string[] {
  return filterApplications(LISTED, filter).map(({ name }) => name)
}

function application(id: string, name: string, state: ApplicationState): Stored<Application> {
  const facts = { name, born: '1990-05-17', address: 'Mill Lane 1', licence: 'B' } as const
  return { _id: `application:${id}`, type: 'application', state, at: 1, role: 'applicant', ...facts }
}
