import type { ApplicationState } from './application-state.js'
import type { Role } from './role.js'

/** The classes of licence that one can apply for. */
export const CLASSES = ['A', 'B', 'BE', 'C', 'D'] as const
export type LicenceClass = (typeof CLASSES)[number]

/** What the applicant says. */
export interface ApplicationFacts {
  readonly name: string
  /** The day of birth, as in `1990-05-17`. */
  readonly born: string
  readonly address: string
  readonly licence: LicenceClass
}

/** One driver's licence application, under `application:<random id>`. */
export interface Application extends ApplicationFacts {
  readonly type: 'application'
  readonly state: ApplicationState
  /** When it was opened, by the clock of whoever opened it: the order of the list. */
  readonly at: number
  /** In which role the last step was taken; who it was, the signature of the version tells. */
  readonly role: Role
  /** What was written to the last step, such as why it was rejected. */
  readonly remark?: string
}
