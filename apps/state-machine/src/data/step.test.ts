import { expect, test } from 'vitest'
import { APPLICATION_STATES } from './application-state.js'
import { ROLES } from './role.js'
import { roleInTurn, STEPS, stepBetween, stepsFor } from './step.js'

test('the way leads from draft to mailed, through all hands', () => {
  const way = ['draft', 'submitted', 'testing', 'approval', 'printing', 'mailing', 'mailed']
  for (const [at, from] of way.slice(0, -1).entries()) expect(stepBetween(from, way[at + 1])).toBeDefined()
  expect(new Set(STEPS.map(({ role }) => role))).toEqual(new Set(ROLES))
})

test('a failed test can be repeated, a rejected application goes nowhere', () => {
  expect(stepsFor('test-failed', 'examiner').map(({ to }) => to)).toEqual(['testing'])
  expect(ROLES.flatMap(role => stepsFor('rejected', role))).toEqual([])
  expect(roleInTurn('rejected')).toBeUndefined()
})

test('nobody is offered what is another one’s to do', () => {
  expect(stepsFor('approval', 'approver').map(({ label }) => label)).toEqual(['Approve', 'Reject'])
  expect(stepsFor('approval', 'examiner')).toEqual([])
})

test('in each state one role at most is in turn', () => {
  for (const state of APPLICATION_STATES) {
    const roles = new Set(STEPS.filter(({ from }) => from === state).map(({ role }) => role))
    expect(roles.size).toBeLessThanOrEqual(1)
  }
})
