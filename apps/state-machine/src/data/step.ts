import type { ApplicationState } from './application-state.js'
import type { Role } from './role.js'

/** One step that somebody may take with an application. */
export interface Step {
  readonly from: ApplicationState
  readonly to: ApplicationState
  readonly role: Role
  /** What the button says. */
  readonly label: string
  /** What the timeline says of it, behind a name. */
  readonly done: string
  /** Something that ends the way. */
  readonly isGrave?: boolean
}

/** All steps there are: what is not here is illegal, whoever tries. */
export const STEPS: readonly Step[] = [
  { from: 'draft', to: 'submitted', role: 'applicant', label: 'Submit', done: 'submitted it' },
  { from: 'submitted', to: 'testing', role: 'examiner', label: 'Begin the test', done: 'began the test' },
  { from: 'testing', to: 'approval', role: 'examiner', label: 'Test passed', done: 'recorded a passed test' },
  {
    from: 'testing',
    to: 'test-failed',
    role: 'examiner',
    label: 'Test failed',
    done: 'recorded a failed test',
    isGrave: true,
  },
  { from: 'test-failed', to: 'testing', role: 'examiner', label: 'Test again', done: 'began another test' },
  { from: 'approval', to: 'printing', role: 'approver', label: 'Approve', done: 'approved it' },
  { from: 'approval', to: 'rejected', role: 'approver', label: 'Reject', done: 'rejected it', isGrave: true },
  { from: 'printing', to: 'mailing', role: 'clerk', label: 'Printed', done: 'printed the licence' },
  { from: 'mailing', to: 'mailed', role: 'clerk', label: 'Mailed', done: 'mailed the licence' },
]

/** The steps that a role is offered in a state. */
export function stepsFor(state: ApplicationState, role: Role): readonly Step[] {
  return STEPS.filter(step => step.from === state && step.role === role)
}

/** The step between two states. */
export function stepBetween(from: unknown, to: unknown): Step | undefined {
  return STEPS.find(step => step.from === from && step.to === to)
}

/** Whose turn it is; nobody's where the way ends. */
export function roleInTurn(state: ApplicationState): Role | undefined {
  return STEPS.find(step => step.from === state)?.role
}
