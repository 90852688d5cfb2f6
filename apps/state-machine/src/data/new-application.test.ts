import { expect, test } from 'vitest'
import { missingFact, NO_FACTS, newApplication, numberOf } from './new-application.js'

const FACTS = { name: ' Ada ', born: '1990-05-17', address: ' Mill Lane 1', licence: 'B' } as const

test('what is missing is said, one after the other', () => {
  expect(missingFact(NO_FACTS, '2026-01-01')).toBe('The name is missing.')
  expect(missingFact({ ...FACTS, born: '' }, '2026-01-01')).toBe('The day of birth is missing.')
  expect(missingFact({ ...FACTS, born: '2026-01-02' }, '2026-01-01')).toBe('The day of birth is yet to come.')
  expect(missingFact({ ...FACTS, address: ' ' }, '2026-01-01')).toBe('The address is missing.')
  expect(missingFact(FACTS, '2026-01-01')).toBeUndefined()
})

test('a new application is a draft with an id of its own', () => {
  const [one, two] = [newApplication(FACTS, 5), newApplication(FACTS, 5)]
  expect(one).toMatchObject({ state: 'draft', role: 'applicant', at: 5, name: 'Ada', address: 'Mill Lane 1' })
  expect(one._id).not.toBe(two._id)
})

test('it is called by the end of its id', () => {
  expect(numberOf('application:00ab12ef')).toBe('AB1-2EF')
})
