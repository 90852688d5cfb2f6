import { useState } from 'react'
import { useOffice, useOfficeQuery } from '../data/office-hooks.js'
import { Failure } from '../ui/failure.js'
import { newCheck } from './new-check.js'

/** Asks for checks of all applicants whose test is to come and whom nobody looked up. */
export function AskForChecks() {
  const database = useOffice()
  const { docs } = useOfficeQuery('state', { keys: ['submitted', 'testing'] })
  const checks = useOfficeQuery('state', { keys: ['please-run', 'running', 'ran-ok'] })
  const [error, setError] = useState<unknown>()
  const checked = new Set(checks.docs.map(doc => (doc.type === 'job' ? doc.application : '')))
  const applications = docs.filter(doc => doc.type === 'application').filter(({ _id }) => !checked.has(_id))
  const ask = () => {
    const at = Date.now()
    database
      .bulk(applications.map(application => newCheck(application, at)))
      .then(() => setError(undefined), setError)
  }
  return (
    <div className="page-actions">
      <button
        type="button"
        className="button button-primary"
        disabled={applications.length === 0}
        onClick={ask}
      >
        {askText(applications.length)}
      </button>
      <span className="hint">Single applicants are checked from their own page.</span>
      {error !== undefined && <Failure title="The checks were not asked for" error={error} />}
    </div>
  )
}

function askText(count: number): string {
  if (count === 0) return 'Nobody is left to check'
  return count === 1 ? 'Check 1 applicant before the test' : `Check ${count} applicants before the test`
}
