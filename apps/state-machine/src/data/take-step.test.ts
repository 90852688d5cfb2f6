import { createTestDatabase } from '@firekeep/core/testing'
import { expect, test } from 'vitest'
import { newApplication } from './new-application.js'
import type { OfficeDocument } from './office-document.js'
import { STEPS, type Step, stepBetween } from './step.js'
import { takeStep } from './take-step.js'

const FACTS = { name: 'Ada', born: '1990-05-17', address: 'Mill Lane 1', licence: 'B' } as const

test('a step moves the application and writes the role and the reason', async () => {
  const { database, draft } = await oneDraft()
  await takeStep(database, draft, { step: mustGetStep('draft', 'submitted'), role: 'applicant', remark: '' })
  expect(await database.get(draft._id)).toMatchObject({ state: 'submitted', role: 'applicant', name: 'Ada' })
  await database.close()
})

test('a step that there is not is refused, however it is forced', async () => {
  const { database, draft } = await oneDraft()
  const forced = { step: { to: 'mailed', role: 'clerk' }, role: 'clerk', remark: '' } as const
  await expect(takeStep(database, draft, forced)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  expect(await database.get(draft._id)).toMatchObject({ state: 'draft' })
  await database.close()
})

test('each step is refused to all roles but one', async () => {
  const { database, draft } = await oneDraft()
  for (const step of STEPS.filter(({ role }) => role !== 'clerk')) {
    const taken = takeStep(database, draft, { step, role: 'clerk', remark: '' })
    await expect(taken).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  }
  await database.close()
})

test('who decides on a state that is over is told so, and nothing is written', async () => {
  const { database, draft } = await oneDraft()
  const submit = { step: mustGetStep('draft', 'submitted'), role: 'applicant', remark: '' } as const
  await takeStep(database, draft, submit)
  const clock = await database.clock()
  await expect(takeStep(database, draft, submit)).rejects.toMatchObject({ code: 'STALE' })
  expect(await database.clock()).toEqual(clock)
  await database.close()
})

test('a reason stays until the next step', async () => {
  const { database, draft } = await oneDraft()
  await database.put({ ...draft, state: 'testing' })
  const fail = { step: mustGetStep('testing', 'test-failed'), role: 'examiner', remark: 'Twice.' } as const
  await takeStep(database, { ...draft, state: 'testing' }, fail)
  const failed = await database.get(draft._id)
  expect(failed).toMatchObject({ remark: 'Twice.' })
  const again = { step: mustGetStep('test-failed', 'testing'), role: 'examiner', remark: '' } as const
  await takeStep(database, { ...draft, state: 'test-failed' }, again)
  expect(await database.get(draft._id)).not.toHaveProperty('remark')
  await database.close()
})

async function oneDraft() {
  const database = createTestDatabase<OfficeDocument>()
  const draft = newApplication(FACTS, 1)
  await database.put(draft)
  return { database, draft }
}

function mustGetStep(from: string, to: string): Step {
  const step = stepBetween(from, to)
  if (step === undefined) throw new Error(`There is no step from ${from} to ${to}.`)
  return step
}
