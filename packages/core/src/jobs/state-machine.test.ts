import { describe, expect, it } from 'vitest'
import { createMemorySpace } from '../storage/memory-storage.js'
import { createTestDatabase } from '../testing/create-test-database.js'
import { stateMachine, transition } from './state-machine.js'

interface Application {
  state?: 'draft' | 'testing' | 'approved' | 'rejected'
  name: string
  clerk?: string
}

const machine = stateMachine({
  states: ['draft', 'testing', 'approved', 'rejected'],
  transitions: { draft: ['testing'], testing: ['approved', 'rejected'], rejected: ['testing'] },
})

describe('a step of a state machine', () => {
  it('moves a document and takes a patch, as fields or as a function', async () => {
    const db = createTestDatabase<Application>()
    await db.put({ _id: 'a', name: 'Ada' })
    expect(machine.stateOf(await db.get('a'))).toBe('draft')
    const { id, clock } = await machine.transition(db, 'a', 'testing', { clerk: 'Bob' })
    expect({ id, clock }).toEqual({ id: 'a', clock: await db.clock() })
    await transition(machine, db, 'a', 'approved', doc => ({ name: `${doc.name} L.`, clerk: undefined }))
    expect(await db.get('a')).toEqual({ _id: 'a', name: 'Ada L.', state: 'approved' })
    await db.close()
  })

  it('is refused where one may not go there, and nothing is written', async () => {
    const db = createTestDatabase<Application>()
    const { clock } = await db.put({ _id: 'a', name: 'Ada', state: 'draft' })
    expect(machine.canGo(await db.get('a'), 'approved')).toBe(false)
    await expect(machine.transition(db, 'a', 'approved')).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      details: { from: 'draft', to: 'approved', legal: ['testing'] },
      message: 'a document in state "draft" does not go to "approved": from there one may go to "testing"',
    })
    await db.put({ _id: 'b', name: 'B', state: 'approved' })
    await expect(machine.transition(db, 'b', 'draft')).rejects.toThrow('the last state')
    await db.put({ _id: 'c', name: 'C', state: 'lost' as 'draft' })
    await expect(machine.transition(db, 'c', 'draft')).rejects.toThrow('"lost" in field `state` is no state')
    expect(machine.canGo(await db.get('c'), 'testing')).toBe(false)
    await expect(machine.transition(db, 'd', 'testing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await db.changes(clock)).rows).toHaveLength(2)
    await db.close()
  })

  it('is stale where the document is not what the decision was made on', async () => {
    const db = createTestDatabase<Application>()
    const { clock } = await db.put({ _id: 'a', name: 'Ada', state: 'testing' })
    await db.put({ _id: 'other', name: 'O' })
    await machine.transition(db, 'a', 'rejected', {}, { basedOn: clock, from: 'testing' })
    await expect(machine.transition(db, 'a', 'testing', {}, { basedOn: clock })).rejects.toMatchObject({
      code: 'STALE',
    })
    await expect(machine.transition(db, 'a', 'testing', {}, { from: 'testing' })).rejects.toMatchObject({
      code: 'STALE',
      details: { id: 'a', state: 'rejected' },
    })
    await expect(
      machine.transition(db, 'a', 'testing', {}, { form: 'rejected' } as never),
    ).rejects.toMatchObject({ code: 'INVALID_OPTION' })
    expect((await db.get('a')).state).toBe('rejected')
    await db.close()
  })

  it('is taken once, however many tabs take it at the same time', async () => {
    const storage = createMemorySpace()
    const tabs = [1, 2, 3, 4].map(seed => createTestDatabase<Application>({ storage, seed }))
    await tabs[0]?.put({ _id: 'a', name: 'Ada', state: 'testing' })
    const outcomes = await Promise.allSettled(
      tabs.map((db, i) => machine.transition(db, 'a', i % 2 ? 'approved' : 'rejected', { clerk: `${i}` })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const clerk = outcomes.findIndex(({ status }) => status === 'fulfilled')
    expect((await tabs[0]?.get('a'))?.clerk).toBe(`${clerk}`)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(['STALE', 'ILLEGAL_TRANSITION']).toContain(outcome.reason.code)
    }
    await Promise.all(tabs.map(db => db.close()))
  })

  it('keeps what somebody else wrote into other fields meanwhile', async () => {
    const db = createTestDatabase<Application>()
    await db.put({ _id: 'a', name: 'Ada', state: 'draft' })
    const step = machine.transition(db, 'a', 'testing', { clerk: 'Bob' })
    await Promise.all([step, db.update('a', doc => ({ ...(doc as Application), name: 'Ada L.' }))])
    expect(await db.get('a')).toMatchObject({ name: 'Ada L.', clerk: 'Bob', state: 'testing' })
    await db.close()
  })
})

describe('the definition of a state machine', () => {
  it.each([
    { states: [], transitions: {} },
    { states: ['a', 'a'], transitions: {} },
    { states: ['a'], transitions: { a: ['b'] } },
    { states: ['a'], transitions: { b: ['a'] } },
    { states: ['a'], transitions: { a: 'a' } },
    { states: ['a'] },
    { states: 'a', transitions: {} },
    { states: ['a'], transitions: {}, field: '_state' },
    { states: ['a'], transitions: {}, start: 'a' },
    undefined,
  ])('is refused where it contradicts itself: %j', definition => {
    expect(() => stateMachine(definition as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    )
  })

  it('takes any field, and tells its states and steps', () => {
    const light = stateMachine({ field: 'light', states: ['red', 'green'], transitions: { red: ['green'] } })
    expect(light.states).toEqual(['red', 'green'])
    expect(light.nextStates({ light: 'red' })).toEqual(['green'])
    expect(light.nextStates({ light: 'green' })).toEqual([])
    expect(light.canGo({}, 'green')).toBe(true)
  })
})
