import type { Conflict, ConflictVersion } from '@firekeep/core'
import { expect, test } from 'vitest'
import type { Application } from '../data/application.js'
import type { OfficeDocument } from '../data/office-document.js'
import { seenClock, statesOf, thirdVersion } from './third-version.js'
import { versionRows } from './version-rows.js'

const APPLICATION: Application & { _id: string } = {
  _id: 'application:1',
  type: 'application',
  state: 'approval',
  at: 1,
  role: 'examiner',
  name: 'Ada',
  born: '1990-05-17',
  address: 'Mill Lane 1',
  licence: 'B',
}

const APPROVED = version('a', { ...APPLICATION, state: 'printing', role: 'approver' })
const REJECTED = version('b', { ...APPLICATION, state: 'rejected', role: 'approver', remark: 'No.' })
const DELETED = version('c', { _id: APPLICATION._id, _deleted: true })

test('the fields that differ come first, and a deletion says nothing', () => {
  const rows = versionRows(conflict(APPROVED, REJECTED))
  expect(rows.map(({ field }) => field).slice(0, 2)).toEqual(['state', 'remark'])
  expect(rows[0]).toMatchObject({ label: 'State', texts: ['Printing', 'Rejected'], differs: true })
  expect(rows.filter(({ differs }) => differs)).toHaveLength(2)
  expect(versionRows(conflict(APPROVED, DELETED))[0]?.texts).toEqual(['Printing', ''])
})

test('a conflict ends in a state that somebody decided for, and in that role', () => {
  const both = conflict(APPROVED, version('b', { ...APPLICATION, state: 'rejected', role: 'clerk' }))
  expect(statesOf(both)).toEqual(['printing', 'rejected'])
  expect(thirdVersion(both, { state: 'rejected', remark: 'Both looked again.' })).toMatchObject({
    state: 'rejected',
    role: 'clerk',
    remark: 'Both looked again.',
    name: 'Ada',
  })
})

test('of deletions alone there is nothing to write', () => {
  expect(thirdVersion(conflict(DELETED), {})).toBeUndefined()
})

test('what was seen is all versions', () => {
  expect(seenClock(conflict(APPROVED, REJECTED))).toEqual(['a', 'b'])
})

function version(cid: string, doc: ConflictVersion<OfficeDocument>['doc']): ConflictVersion<OfficeDocument> {
  return { doc, clock: [cid], author: 'key', time: 1 }
}

function conflict(...versions: ConflictVersion<OfficeDocument>[]): Conflict<OfficeDocument> {
  const [winner = APPROVED] = versions
  return { id: APPLICATION._id, winner, versions, fields: [] }
}
