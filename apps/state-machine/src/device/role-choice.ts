import { isRole, type Role } from '../data/role.js'
import { StoredChoice } from './stored-choice.js'

/** In which role this tab acts; a new tab begins with the last one. */
export const roleChoice = new StoredChoice('firekeep-licences.role', [
  () => sessionStorage,
  () => localStorage,
])

/** What was chosen, and without a choice the one that everything begins with. */
export function toRole(chosen: string | undefined): Role {
  return isRole(chosen) ? chosen : 'applicant'
}
