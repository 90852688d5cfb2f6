import type { Stored } from '@firekeep/core'
import { useState } from 'react'
import type { Job, JobState } from '../data/job.js'
import { useOffice } from '../data/office-hooks.js'
import { formatMoment } from '../device/formats.js'
import { useMoment } from '../time/use-moment.js'
import { Failure } from '../ui/failure.js'

const LABELS: Readonly<Record<JobState, string>> = {
  'please-run': 'Waiting',
  running: 'Running',
  'ran-ok': 'Done',
  failed: 'Failed',
}

const TONES: Readonly<Record<JobState, string>> = {
  'please-run': 'quiet',
  running: 'busy',
  'ran-ok': 'done',
  failed: 'stopped',
}

export interface JobRowProps {
  readonly job: Stored<Job>
  /** Where the applicant is; missing where one is there already. */
  readonly href?: string
}

/** One job, and what came of it. */
export function JobRow({ job, href }: JobRowProps) {
  const database = useOffice()
  const isPast = useMoment() !== undefined
  const [error, setError] = useState<unknown>()
  const again = () => {
    const { error: _failure, ...asked } = job
    database.put({ ...asked, state: 'please-run' }).catch(setError)
  }
  return (
    <li className="job">
      <span className="badge" data-tone={TONES[job.state]}>
        {LABELS[job.state]}
      </span>
      {href === undefined ? null : (
        <a className="job-name" href={href}>
          {job.name}
        </a>
      )}
      <span className="job-result">{resultText(job)}</span>
      <time className="job-time">{formatMoment(job.at)}</time>
      {job.state === 'failed' && !isPast && (
        <button type="button" className="link-button" onClick={again}>
          Run again
        </button>
      )}
      {error !== undefined && <Failure title="It was not asked for again" error={error} />}
    </li>
  )
}

/** What came of a job, in words. */
function resultText({ state, points, error }: Job): string {
  if (state === 'failed') return error ?? 'It failed.'
  if (state === 'ran-ok' && points !== undefined) {
    return points === 0 ? 'No offences' : `${points} ${points === 1 ? 'point' : 'points'}`
  }
  return state === 'please-run' ? 'for a worker' : ''
}
