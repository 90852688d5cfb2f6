import { expect, test } from 'vitest'
import { readOptions } from './read-options.mjs'

test('the link comes as an argument or in a variable', () => {
  expect(readOptions(['firekeep:a'], {}).link).toBe('firekeep:a')
  expect(readOptions([], { FIREKEEP_LINK: 'firekeep:b' }).link).toBe('firekeep:b')
})

test('numbers are milliseconds, and the folder is that of the user', () => {
  expect(readOptions(['l', '--pace', '5', '--lease', '7', '--dir', '/d'], {})).toEqual({
    link: 'l',
    dir: '/d',
    pace: 5,
    lease: 7,
  })
  expect(readOptions(['l'], { XDG_DATA_HOME: '/home/ada/data' }).dir).toContain('/home/ada/data')
})

test('what is missing or wrong is answered with what can be said', () => {
  for (const args of [[], ['a', 'b'], ['a', '--pace', 'slow'], ['a', '--what']]) {
    expect(() => readOptions(args, {})).toThrow('<link>')
  }
})
