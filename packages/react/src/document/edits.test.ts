import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  applyEdits,
  editFields,
  type Fields,
  isContested,
  NO_EDITS,
  patchTowards,
  withoutIdleEdits,
  withoutSavedEdits,
} from './edits.js'

const stored: Fields = { _id: 'a', title: 'old', done: false }

it('edits lie on top of what is stored, and take out what they set to undefined', () => {
  const edits = editFields(NO_EDITS, { title: 'new', done: undefined }, stored)
  expect(applyEdits(stored, edits)).toEqual({ _id: 'a', title: 'new' })
})

it('the id is no field to edit', () => {
  expect(editFields(NO_EDITS, { _id: 'b' }, stored).size).toBe(0)
})

it('an edit that says what is stored is none, whatever form it was given in', () => {
  const at = new Date(5)
  const edits = editFields(NO_EDITS, { at, list: [{ a: undefined, b: 0 }], zero: -0 }, undefined)
  const saved = { at: at.toISOString(), list: [{ b: 0 }], zero: 0 }
  expect(withoutIdleEdits(edits, saved).size).toBe(0)
})

it('an edit does not change with the array it was made from', () => {
  const tags = ['a']
  const edits = editFields(NO_EDITS, { tags }, stored)
  tags.push('b')
  expect(applyEdits(stored, edits)).toMatchObject({ tags: ['a'] })
})

it('a change of another field contests nothing', () => {
  const edits = editFields(NO_EDITS, { title: 'mine' }, stored)
  expect(isContested(edits, { ...stored, done: true })).toBe(false)
})

it('a change of the same field does, unless both say the same', () => {
  const edits = editFields(NO_EDITS, { title: 'mine' }, stored)
  expect(isContested(edits, { ...stored, title: 'theirs' })).toBe(true)
  expect(isContested(edits, { ...stored, title: 'mine' })).toBe(false)
})

it('typing on after the change of somebody else does not make it known', () => {
  const first = editFields(NO_EDITS, { title: 'mi' }, stored)
  const theirs = { ...stored, title: 'theirs' }
  expect(isContested(editFields(first, { title: 'mine' }, theirs), theirs)).toBe(true)
})

it('a field that was edited again during its save is an edit of the saved value', () => {
  const saved = editFields(NO_EDITS, { title: 'first', done: true }, stored)
  const now = editFields(saved, { title: 'second' }, stored)
  const left = withoutSavedEdits(now, saved)
  expect([...left.keys()]).toEqual(['title'])
  expect(isContested(left, { ...stored, title: 'first' })).toBe(false)
})

it('a document may lack a field called constructor, and have one called __proto__', () => {
  const edits = editFields(NO_EDITS, JSON.parse('{"constructor":"x","__proto__":"y"}') as Fields, stored)
  expect(isContested(edits, stored)).toBe(false)
  expect(Object.entries(applyEdits({}, edits))).toEqual([
    ['constructor', 'x'],
    ['__proto__', 'y'],
  ])
})

it('what replaces a document is shown as it is, with only the differences as edits', () => {
  const value = fc.oneof(fc.constantFrom(0, 1, 'x', null, true), fc.array(fc.nat(2), { maxLength: 2 }))
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), value)
  fc.assert(
    fc.property(fields, fields, (before, wanted) => {
      const edits = withoutIdleEdits(editFields(NO_EDITS, patchTowards(wanted, before), before), before)
      expect(applyEdits(before, edits)).toEqual({ ...wanted })
      const again = editFields(edits, patchTowards(before, wanted), before)
      expect(withoutIdleEdits(again, before).size).toBe(0)
    }),
  )
})
