import { firekeep } from '@firekeep/core'
import { expect, test } from 'vitest'
import type { RoomDocument } from '../data/room-document.js'
import { findWaitingMessages } from './waiting-messages.js'

const SENT = { state: 'sent', author: 'person:a', name: 'Ada' } as const

test('what was written after the acknowledged moment waits, as long as it is a message', async () => {
  const room = firekeep<RoomDocument>('room', { storage: 'memory' })
  const { clock } = await room.put({ _id: 'old', ...SENT, at: 1, text: 'known' })
  await room.put({ _id: 'new', ...SENT, at: 2, text: 'waits' })
  await room.put({ _id: 'draft', state: 'composing', at: 3, author: 'person:a', name: 'Ada', page: 'p' })
  await room.put({ _id: 'gone', ...SENT, at: 4, text: 'a slip' })
  await room.del('gone')
  await room.put({ _id: 'other', ...SENT, author: 'person:b', at: 5, text: 'of somebody else' })
  expect([...(await findWaitingMessages(room, clock, 'person:a'))]).toEqual(['new'])
  expect([...(await findWaitingMessages(room, [], 'person:a'))].sort()).toEqual(['new', 'old'])
  expect([...(await findWaitingMessages(room, await room.clock(), 'person:a'))]).toEqual([])
  await room.close()
})
