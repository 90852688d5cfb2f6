import { createTestDatabase } from '@firekeep/core/testing'
import { expect, it } from 'vitest'
import { holdCalls } from '../../test/hold-calls.js'
import { DocumentDraft } from './document-draft.js'

it('an answer that arrives after a later one does not bring the old document back', async () => {
  const db = createTestDatabase()
  await db.put({ _id: 'a', n: 1 })
  const { database, release } = holdCalls(db, 'allDocs')
  const draft = new DocumentDraft({ database, id: 'a', initial: undefined, changed: () => undefined })
  const first = draft.read()
  await db.get('a')
  await db.put({ _id: 'a', n: 2 })
  const second = draft.read()
  await release(1)
  await second
  await release(0)
  await first
  expect(draft.stored).toEqual({ _id: 'a', n: 2 })
})
