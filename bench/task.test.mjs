import { expect, test } from 'vitest'
import { createTask, roomOf, TASK_BYTES } from './task.mjs'

test('every document is exactly as long as the table says, edited or not', () => {
  for (const number of [0, 7, 99, 10_000, 999_999]) {
    expect(JSON.stringify(createTask(number))).toHaveLength(TASK_BYTES)
    expect(JSON.stringify(createTask(number, 110))).toHaveLength(TASK_BYTES)
  }
})

test('documents differ in id and text, and 100 of 10,000 share a room', () => {
  const tasks = Array.from({ length: 10_000 }, (_, i) => createTask(i))
  expect(new Set(tasks.map(({ _id }) => _id)).size).toBe(10_000)
  expect(new Set(tasks.map(({ text }) => text)).size).toBe(10_000)
  expect(tasks.filter(({ room }) => room === roomOf(7))).toHaveLength(100)
})
