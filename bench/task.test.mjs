import { expect, test } from 'vitest'
import { createNote, NOTE_BYTES } from './note.mjs'
import { createTask, roomOf, TASK_BYTES } from './task.mjs'

test('every document is exactly as long as the table says, edited or not', () => {
  for (const number of [0, 7, 99, 10_000, 999_999]) {
    expect(JSON.stringify(createTask(number))).toHaveLength(TASK_BYTES)
    expect(JSON.stringify(createTask(number, 110))).toHaveLength(TASK_BYTES)
  }
})

test('documents differ in id and text, 100 of them share a room and 1,000 a hall', () => {
  const tasks = Array.from({ length: 20_000 }, (_, i) => createTask(i))
  expect(new Set(tasks.map(({ _id }) => _id)).size).toBe(20_000)
  expect(new Set(tasks.map(({ text }) => text)).size).toBe(20_000)
  const sizes = countByRoom(tasks)
  for (const [room, size] of sizes) expect(size).toBe(room.startsWith('room') ? 100 : 1_000)
  expect(sizes.size).toBe(110)
})

test('of the first numbers each stands in a room or a hall of its own', () => {
  expect(new Set([0, 1, 2, 48, 49, 50, 51, 52, 53, 54].map(roomOf)).size).toBe(10)
  expect(roomOf(49)).toMatch(/^room/)
  expect(roomOf(50)).toMatch(/^hall/)
})

test('an edit of the note changes its counter and its title, and not its length', () => {
  const [before, after] = [createNote(0), createNote(999)]
  expect([before, after].map(note => JSON.stringify(note).length)).toEqual([NOTE_BYTES, NOTE_BYTES])
  expect({ ...after, edits: before.edits, title: before.title }).toEqual(before)
  expect(after.edits).not.toBe(before.edits)
  expect(after.title).not.toBe(before.title)
})

/** @param {readonly import('./task.mjs').Task[]} tasks */
function countByRoom(tasks) {
  /** @type {Map<string, number>} */
  const sizes = new Map()
  for (const { room } of tasks) sizes.set(room, (sizes.get(room) ?? 0) + 1)
  return sizes
}
