import { expect, test } from 'vitest'
import { formatDay } from './formats.js'

const NOW = new Date(2026, 2, 10, 0, 30).getTime()

test('today and yesterday are called so, by the calendar and not by hours', () => {
  expect(formatDay(new Date(2026, 2, 10, 23).getTime(), NOW)).toBe('Today')
  expect(formatDay(new Date(2026, 2, 9, 23, 59).getTime(), NOW)).toBe('Yesterday')
})

test('other days have their date, and the year where it is another one', () => {
  expect(formatDay(new Date(2026, 2, 8).getTime(), NOW)).toBe('Sunday, March 8')
  expect(formatDay(new Date(2025, 11, 31).getTime(), NOW)).toBe('December 31, 2025')
})
