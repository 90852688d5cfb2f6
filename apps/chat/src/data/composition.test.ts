import { type Database, firekeep } from '@firekeep/core'
import { expect, onTestFinished, test } from 'vitest'
import { Composition, isOwnDraft } from './composition.js'
import { randomId } from './random-id.js'
import type { RoomDocument } from './room-document.js'
import { sweepDrafts } from './sweep-drafts.js'

const ADA = { _id: 'person:ada', name: 'Ada' }

test('the document that says somebody is composing becomes the message', async () => {
  const { database, composition } = room()
  await composition.type(ADA)
  const [draft] = await allOf(database)
  expect(draft).toMatchObject({ state: 'composing', author: ADA._id, name: 'Ada' })
  const sent = await composition.send(ADA, { text: 'hello' })
  expect(sent._id).toBe(draft?._id)
  expect(await allOf(database)).toEqual([sent])
  expect(Object.keys(sent)).not.toContain('page')
})

test('the draft never holds the text, and is known as of this page', async () => {
  const { database, composition } = room()
  await composition.type(ADA)
  const [draft] = await allOf(database)
  expect(draft).not.toHaveProperty('text')
  expect(draft?.state === 'composing' && isOwnDraft(draft)).toBe(true)
})

test('others are told again only after a while', async () => {
  const { database, composition, clock } = room()
  await composition.type(ADA)
  clock.now += 1_000
  await composition.type(ADA)
  expect((await allOf(database))[0]?.at).toBe(0)
  clock.now += 10_000
  await composition.type(ADA)
  expect((await allOf(database))[0]?.at).toBe(11_000)
})

test('messages sent at once are messages of their own, in the order sent', async () => {
  const { database, composition, clock } = room()
  const sent = ['one', 'two', 'three'].map(text => {
    clock.now += 1
    return composition.send(ADA, { text })
  })
  await Promise.all(sent)
  const { docs } = await database.query(['state', 'at'], { prefix: ['sent'] })
  expect(docs.map(doc => doc.state === 'sent' && doc.text)).toEqual(['one', 'two', 'three'])
})

test('pictures go with their message, under names of their own, and tell how far they are', async () => {
  const { database, composition } = room()
  const pictures = ['red', 'blue'].map((colour, index) => ({
    file: new File([colour], 'image.png', { type: 'image/png' }),
    width: 4 + index,
    height: 3,
  }))
  const steps: number[] = []
  const sent = await composition.send(ADA, { text: '', pictures }, ({ done }) => steps.push(done))
  expect(sent.pictures).toEqual([
    { name: 'image.png', width: 4, height: 3 },
    { name: 'image (2).png', width: 5, height: 3 },
  ])
  expect(steps.at(-1)).toBe('redblue'.length)
  const { _files, ...message } = await database.get(sent._id)
  expect(message).toEqual(sent)
  const second = await _files?.['image (2).png']?.file()
  expect(await second?.text()).toBe('blue')
})

test('a deleted message is put back with its pictures', async () => {
  const { database, composition } = room()
  const file = new File(['red'], 'a.png', { type: 'image/png' })
  const { _id } = await composition.send(ADA, { text: 'look', pictures: [{ file, width: 1, height: 1 }] })
  const message = await database.get(_id)
  await database.del(_id)
  await database.put(message)
  const back = (await database.get(_id))._files?.['a.png']
  expect(await (await back?.file())?.text()).toBe('red')
})

test('stopping takes the draft back, and is nothing where there is none', async () => {
  const { database, composition } = room()
  await composition.stop()
  expect(await database.clock()).toEqual([])
  await composition.type(ADA)
  await composition.stop()
  expect(await allOf(database)).toEqual([])
})

test('a sweep removes forgotten drafts and neither fresh ones nor messages', async () => {
  const { database, composition, clock } = room()
  await database.put({ _id: 'forgotten', state: 'composing', at: 0, author: 'x', name: 'X', page: 'p' })
  await database.put({ _id: 'old', state: 'sent', at: 0, author: 'x', name: 'X', text: 'kept' })
  clock.now = 100_000
  await composition.type(ADA)
  await sweepDrafts(database, clock.now)
  expect((await allOf(database)).map(doc => `${doc.state} ${doc.name}`).sort()).toEqual([
    'composing Ada',
    'sent X',
  ])
})

function room() {
  const database = firekeep<RoomDocument>(randomId(), { storage: 'memory' })
  onTestFinished(() => database.destroy())
  const clock = { now: 0 }
  return { database, clock, composition: new Composition(database, () => clock.now) }
}

async function allOf(database: Database<RoomDocument>) {
  return (await database.allDocs()).docs
}
