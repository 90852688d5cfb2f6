import { expect, it } from 'vitest'
import { eventFields, formFields } from './form-fields.js'

function dataOf(...entries: [string, string | Blob][]): FormData {
  const data = new FormData()
  for (const [name, value] of entries) data.append(name, value)
  return data
}

it('text stays text, and a name that comes twice gives a list', () => {
  expect(formFields(dataOf(['text', 'hi'], ['tag', 'a'], ['tag', 'b']), undefined)).toEqual({
    text: 'hi',
    tag: ['a', 'b'],
  })
})

it('a number stays a number, and an emptied one is taken out', () => {
  expect(
    formFields(dataOf(['age', '42'], ['size', ' '], ['rank', 'high']), { age: 1, size: 2, rank: 3 }),
  ).toEqual({
    age: 42,
    size: undefined,
    rank: 'high',
  })
})

it('a list stays a list with one entry, and a ticked box is true', () => {
  expect(formFields(dataOf(['tags', 'a'], ['done', 'on']), { tags: [], done: false })).toEqual({
    tags: ['a'],
    done: true,
  })
})

it('ids, what React adds, and files are left out', () => {
  const data = dataOf(['_id', 'x'], ['$ACTION_ID_1', ''], ['file', new Blob(['x'])], ['text', 'hi'])
  expect(formFields(data, undefined)).toEqual({ text: 'hi' })
})

it('a submitted form says of a box that it is not ticked', () => {
  const form = document.createElement('form')
  form.innerHTML =
    '<input name="text" value="hi"><input type="checkbox" name="done"><input type="checkbox" name="extra">'
  const event = { currentTarget: form, preventDefault: () => undefined }
  expect(eventFields(event, { done: true })).toEqual({ text: 'hi', done: false })
})
