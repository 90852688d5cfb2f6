/** The states of a job: the page writes the first, a worker the others. */
export const JOB_STATES = ['please-run', 'running', 'ran-ok', 'failed'] as const
export type JobState = (typeof JOB_STATES)[number]

/** Asks a worker to look an applicant up in the register of traffic offences. */
export interface Job {
  readonly type: 'job'
  readonly state: JobState
  readonly kind: 'register-check'
  /** The id of the application. */
  readonly application: string
  readonly name: string
  readonly born: string
  readonly at: number
  /** What the register says. Written by the worker. */
  readonly points?: number
  readonly error?: string
}
