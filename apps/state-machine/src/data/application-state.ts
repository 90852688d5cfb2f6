/** The states of an application, in the order of the way from draft to mailbox. */
export const APPLICATION_STATES = [
  'draft',
  'submitted',
  'testing',
  'test-failed',
  'approval',
  'rejected',
  'printing',
  'mailing',
  'mailed',
] as const

export type ApplicationState = (typeof APPLICATION_STATES)[number]

/** States as they are shown. */
export const STATE_LABELS: Readonly<Record<ApplicationState, string>> = {
  draft: 'Draft',
  submitted: 'Submitted',
  testing: 'Testing',
  'test-failed': 'Test failed',
  approval: 'Approval',
  rejected: 'Rejected',
  printing: 'Printing',
  mailing: 'Mailing',
  mailed: 'Mailed',
}

/** What a state means for the work that is left: nothing begun, under way, stopped, or done. */
export type Tone = 'quiet' | 'busy' | 'stopped' | 'done'

export const STATE_TONES: Readonly<Record<ApplicationState, Tone>> = {
  draft: 'quiet',
  submitted: 'busy',
  testing: 'busy',
  'test-failed': 'stopped',
  approval: 'busy',
  rejected: 'stopped',
  printing: 'busy',
  mailing: 'busy',
  mailed: 'done',
}

export function isApplicationState(value: unknown): value is ApplicationState {
  return APPLICATION_STATES.some(state => state === value)
}
