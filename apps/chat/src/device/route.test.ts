import { expect, test } from 'vitest'
import { newRoom } from '../data/new-room.js'
import { hashOf, roomIdOf } from './route.js'

test('the address of a room leads back to it', () => {
  const { _id } = newRoom('Hearth')
  expect(roomIdOf(hashOf(_id))).toBe(_id)
})

test('every other address is the list of rooms', () => {
  for (const hash of ['', '#', hashOf(undefined), '#/room/', '#/room/../x', '#/other']) {
    expect(roomIdOf(hash)).toBeUndefined()
  }
})
