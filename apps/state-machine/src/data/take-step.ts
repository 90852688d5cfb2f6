import { type Database, FirekeepError, type Stored } from '@firekeep/core'
import type { Application } from './application.js'
import { licenceMachine } from './licence-machine.js'
import type { OfficeDocument } from './office-document.js'
import type { Role } from './role.js'
import type { Step } from './step.js'

export interface TakenStep {
  readonly step: Pick<Step, 'to' | 'role'>
  /** In which role it is taken. */
  readonly role: Role
  /** Why; may be empty. */
  readonly remark: string
}

/**
 * Takes a step with an application as it is shown. `ILLEGAL_TRANSITION` where there is no such step, or it is not for
 * this role; `STALE` where the application moved on meanwhile. Nothing is changed then.
 */
export async function takeStep(
  database: Database<OfficeDocument>,
  { _id, state }: Stored<Application>,
  { step: { to, role: allowed }, role, remark }: TakenStep,
): Promise<void> {
  if (role !== allowed) {
    throw new FirekeepError('ILLEGAL_TRANSITION', `this step is for the role ${allowed}, not for ${role}`)
  }
  const patch = { role, remark: remark === '' ? undefined : remark }
  await licenceMachine.transition(database, _id, to, patch, { from: state })
}
