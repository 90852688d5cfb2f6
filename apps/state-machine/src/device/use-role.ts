import type { Role } from '../data/role.js'
import { roleChoice, toRole } from './role-choice.js'
import { useChoice } from './use-choice.js'

/** The role that this tab acts in. */
export function useRole(): Role {
  return toRole(useChoice(roleChoice))
}
