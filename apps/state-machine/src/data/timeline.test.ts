import { expect, test } from 'vitest'
import type { Application } from './application.js'
import { timelineOf, type Version } from './timeline.js'

const APPLICATION: Application & { _id: string } = {
  _id: 'application:1',
  type: 'application',
  state: 'draft',
  at: 1,
  role: 'applicant',
  name: 'Ada',
  born: '1990-05-17',
  address: 'Mill Lane 1',
  licence: 'B',
}

test('each version is told by what it changed, as far as the one before is known', () => {
  const versions = [
    version('d', ['c'], { state: 'rejected', role: 'approver', remark: 'No.' }),
    version('c', ['b'], { state: 'approval', role: 'examiner', address: 'Mill Lane 2' }),
    version('b', ['a'], { state: 'draft', address: 'Mill Lane 2' }),
    version('a', [], {}),
  ]
  expect(told(versions)).toEqual([
    'rejected it',
    'moved it from Draft to Approval',
    'changed address',
    'opened the application',
  ])
  expect(timelineOf(versions)[0]).toMatchObject({ remark: 'No.', role: 'approver', key: 'd' })
  expect(told(versions.slice(1, 2))).toEqual(['changed it'])
})

test('a version that comes from two settled a conflict', () => {
  const versions = [
    version('c', ['a', 'b'], { state: 'rejected', remark: 'After all.' }),
    version('b', [], {}),
    version('a', [], {}),
  ]
  expect(timelineOf(versions)[0]).toMatchObject({
    text: 'settled a conflict: Rejected',
    remark: 'After all.',
  })
})

test('erased, deleted, brought back and unchanged versions say so', () => {
  const erased: Version = { ...version('e', ['d'], {}), doc: undefined }
  const deleted: Version = {
    ...version('b', ['a'], {}),
    doc: { _id: APPLICATION._id, _deleted: true },
  }
  const versions = [erased, version('d', ['c'], {}), version('c', ['b'], {}), deleted, version('a', [], {})]
  expect(told(versions)).toEqual([
    'wrote a version whose content was erased',
    'saved it unchanged',
    'brought it back',
    'deleted it',
    'opened the application',
  ])
})

function told(versions: readonly Version[]): readonly string[] {
  return timelineOf(versions).map(({ text }) => text)
}

function version(cid: string, parents: readonly string[], fields: Partial<Application>): Version {
  return {
    clock: [cid],
    doc: { ...APPLICATION, ...fields },
    author: 'key',
    time: 1,
    parents: parents.map(parent => [parent]),
    current: false,
  }
}
