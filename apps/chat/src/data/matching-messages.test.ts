import { expect, test } from 'vitest'
import { matchingMessages } from './matching-messages.js'
import type { Message } from './room-document.js'

test('a message that stands under several words is listed once', () => {
  const found = message('1', 1, 'tables and tablets')
  expect(matchingMessages([found, found], [])).toEqual([found])
})

test('every other word must begin a word of the message', () => {
  const docs = [message('1', 1, 'tables of stars'), message('2', 2, 'tables of the sun')]
  expect(matchingMessages(docs, ['sta']).map(doc => doc._id)).toEqual(['1'])
  expect(matchingMessages(docs, ['su', 'the']).map(doc => doc._id)).toEqual(['2'])
  expect(matchingMessages(docs, ['un'])).toEqual([])
})

test('the newest message comes first', () => {
  const docs = [message('old', 1, 'a'), message('new', 3, 'a'), message('mid', 2, 'a')]
  expect(matchingMessages(docs, []).map(doc => doc._id)).toEqual(['new', 'mid', 'old'])
})

function message(_id: string, at: number, text: string): Message & { _id: string } {
  return { _id, state: 'sent', at, author: 'a', name: 'A', text }
}
