import { expect, test } from 'vitest'
import type { Message } from './room-document.js'
import { timelineDays } from './timeline-days.js'

const NOON = new Date(2026, 2, 10, 12).getTime()
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

test('messages of one author that follow closely are one turn', () => {
  const [day] = timelineDays([message('a', NOON), message('a', NOON + MINUTE)])
  expect(day?.turns.map(turn => turn.messages.length)).toEqual([2])
})

test('another author, another name or five minutes of silence begin a turn', () => {
  const [day] = timelineDays([
    message('a', NOON),
    message('b', NOON + MINUTE),
    message('b', NOON + 2 * MINUTE, 'Bea'),
    message('b', NOON + 7 * MINUTE, 'Bea'),
  ])
  expect(day?.turns.map(turn => turn.name)).toEqual(['a', 'b', 'Bea', 'Bea'])
})

test('a day begins at midnight of this device, in the middle of a turn too', () => {
  const midnight = new Date(2026, 2, 11).getTime()
  const days = timelineDays([
    message('a', midnight - 1),
    message('a', midnight),
    message('a', NOON + 3 * DAY),
  ])
  expect(days.map(day => day.at)).toEqual([midnight - 1, midnight, NOON + 3 * DAY])
})

test('no messages are no days', () => {
  expect(timelineDays([])).toEqual([])
})

function message(author: string, at: number, name = author): Message & { _id: string } {
  return { _id: `${at}`, state: 'sent', at, author, name, text: '' }
}
