import { createTestDatabase } from '@firekeep/core/testing'
import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { FirekeepProvider } from './firekeep-provider.js'
import { useLiveQuery } from './use-live-query.js'

function RanJobs() {
  const ranJobs = useLiveQuery('state', { key: 'ran-ok' })
  return ranJobs.docs.map(job => <p key={job._id}>{job.result}</p>)
}

it("the concept's own code shows each job once a subscriber has run it", async () => {
  const db = createTestDatabase()
  db.subscribe(changes => {
    changes.forEach(doc => {
      if (doc.state === 'please-run') {
        doc.result = `result of ${doc._id}`
        doc.state = 'ran-ok'
        db.put(doc)
      }
    })
  })
  const { unmount } = render(
    <FirekeepProvider database={db}>
      <RanJobs />
    </FirekeepProvider>,
  )
  db.put({ _id: 'doc1', state: 'please-run' })
  expect(await screen.findByText('result of doc1')).toBeDefined()
  unmount()
  await db.close()
})
