import { expect, test } from 'vitest'
import { joinUnsent, NOTHING_UNSENT } from './unsent.js'

test('what could not be sent comes back before what was written since', () => {
  const [first, second] = ['1', '2'].map(key => ({ key, name: `${key}.png` }))
  if (!first || !second) throw new Error('unreachable')
  const unsent = { text: 'one', pictures: [first] }
  expect(joinUnsent(unsent, { text: 'two', pictures: [second] })).toEqual({
    text: 'one\ntwo',
    pictures: [first, second],
  })
  expect(joinUnsent(unsent, NOTHING_UNSENT)).toEqual(unsent)
  expect(joinUnsent({ text: '', pictures: [first] }, { text: 'two', pictures: [] })).toEqual({
    text: 'two',
    pictures: [first],
  })
})
