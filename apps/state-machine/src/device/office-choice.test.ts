import { expect, test } from 'vitest'
import { parseOffice } from './office-choice.js'

test('what was chosen is read, with and without a server', () => {
  expect(parseOffice('{"name":"a","server":"http://localhost:1"}')).toEqual({
    name: 'a',
    server: 'http://localhost:1',
  })
  expect(parseOffice('{"name":"a"}')).toEqual({ name: 'a', server: undefined })
})

test('whatever else lies there is as nothing', () => {
  for (const text of [undefined, '', 'null', '"a"', '{"name":1}', '{']) {
    expect(parseOffice(text)).toBeUndefined()
  }
})
