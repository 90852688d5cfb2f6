import { expect, test } from 'vitest'
import { JOIN_PAGE, kindOfJoinPage } from './join-page.js'

test('the address of an invitation says what it is for', () => {
  expect(kindOfJoinPage(`https://chat.example/${JOIN_PAGE.room}#fk1.x`)).toBe('room')
  expect(kindOfJoinPage(`https://chat.example/app/${JOIN_PAGE.device}#fk1.x`)).toBe('device')
})

test('an address that says nothing is for a room, which asks for less trust', () => {
  for (const address of ['https://chat.example/#fk1.x', 'https://chat.example/?join=x#fk1.x', '#fk1.x'])
    expect(kindOfJoinPage(address)).toBe('room')
})
