import type { Stored } from '@firekeep/core'
import { useState } from 'react'
import type { Application } from '../data/application.js'
import { useOffice, useOfficeQuery } from '../data/office-hooks.js'
import { useLastHydrated } from '../device/use-last-hydrated.js'
import { useMoment } from '../time/use-moment.js'
import { Failure } from '../ui/failure.js'
import { JobRow } from './job-row.js'
import { newCheck } from './new-check.js'

/** What the register says of the applicant, and the way to ask it. */
export function ApplicationChecks({ application }: { readonly application: Stored<Application> }) {
  const database = useOffice()
  const asOf = useMoment()
  const options = { prefix: ['job', application._id], descending: true, asOf } as const
  const { docs } = useLastHydrated(useOfficeQuery(['type', 'application', 'at'], options))
  const [error, setError] = useState<unknown>()
  const jobs = docs.filter(doc => doc.type === 'job')
  const isUnderWay = jobs.some(({ state }) => state === 'please-run' || state === 'running')
  const ask = () => {
    database.put(newCheck(application, Date.now())).then(() => setError(undefined), setError)
  }
  return (
    <section className="card" aria-label="Register checks">
      <div className="card-head">
        <h3>Register of offences</h3>
        {asOf === undefined && (
          <button type="button" className="button button-small" disabled={isUnderWay} onClick={ask}>
            Check
          </button>
        )}
      </div>
      {jobs.length === 0 ? (
        <p className="hint">Nobody has looked the applicant up.</p>
      ) : (
        <ul className="jobs">
          {jobs.map(job => (
            <JobRow key={job._id} job={job} />
          ))}
        </ul>
      )}
      {error !== undefined && <Failure title="The check was not asked for" error={error} />}
    </section>
  )
}
