import type { Stored } from '@firekeep/core'
import type { ReactNode } from 'react'
import type { Job } from '../data/job.js'
import { useOfficeQuery } from '../data/office-hooks.js'
import { hashOf } from '../device/route.js'
import { useLastHydrated } from '../device/use-last-hydrated.js'
import { usePageTitle } from '../device/use-page-title.js'
import { useMoment } from '../time/use-moment.js'
import { AskForChecks } from './ask-for-checks.js'
import { JobRow } from './job-row.js'
import { WorkerCard } from './worker-card.js'

/** The queue: what the page asked for, and what a worker made of it. */
export function JobsPage({ server }: { readonly server: string | undefined }) {
  usePageTitle('Checks')
  const isPast = useMoment() !== undefined
  const waiting = useJobs('please-run')
  const running = useJobs('running')
  const failed = useJobs('failed')
  const ranOk = useJobs('ran-ok')
  return (
    <main className="page-pane">
      <div className="page-head">
        <h2>Checks</h2>
        <p className="hint">
          A check is a document in this office. A worker somewhere else sees it, looks into the register, and
          writes down what it found; a worker that dies is replaced by the next one.
        </p>
      </div>
      {!isPast && <AskForChecks />}
      <div className="queue">
        <JobList title="Under way" jobs={[...running, ...waiting]}>
          Nothing waits.
        </JobList>
        <JobList title="Results" jobs={ranOk}>
          There are no results yet.
        </JobList>
        {failed.length > 0 && <JobList title="Failed" jobs={failed} />}
      </div>
      {!isPast && <WorkerCard server={server} />}
    </main>
  )
}

function useJobs(state: Job['state']): readonly Stored<Job>[] {
  const asOf = useMoment()
  const { docs } = useLastHydrated(useOfficeQuery('state', { key: state, asOf }))
  return docs.filter(doc => doc.type === 'job').sort((a, b) => b.at - a.at)
}

interface JobListProps {
  readonly title: string
  readonly jobs: readonly Stored<Job>[]
  /** What is said where there are none. */
  readonly children?: ReactNode
}

function JobList({ title, jobs, children }: JobListProps) {
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h3>{title}</h3>
        <span className="count">{jobs.length}</span>
      </div>
      {jobs.length === 0 && <p className="hint">{children}</p>}
      <ul className="jobs">
        {jobs.map(job => (
          <JobRow key={job._id} job={job} href={hashOf({ page: 'applications', id: job.application })} />
        ))}
      </ul>
    </section>
  )
}
