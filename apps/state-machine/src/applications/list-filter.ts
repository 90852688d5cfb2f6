import type { Stored } from '@firekeep/core'
import type { Application } from '../data/application.js'
import { STATE_LABELS } from '../data/application-state.js'
import { numberOf } from '../data/new-application.js'
import type { Role } from '../data/role.js'
import { roleInTurn } from '../data/step.js'

/** Which applications are listed: those whose next step is one's own, those on their way, or all. */
export const SCOPES = ['mine', 'open', 'all'] as const
export type Scope = (typeof SCOPES)[number]

export const SCOPE_LABELS: Readonly<Record<Scope, string>> = {
  mine: 'My turn',
  open: 'Open',
  all: 'All',
}

export interface ListFilter {
  readonly scope: Scope
  readonly role: Role
  /** Looked for in names, numbers and states. */
  readonly text: string
}

/** The applications that a filter lets through, in their order. */
export function filterApplications(
  applications: readonly Stored<Application>[],
  { scope, role, text }: ListFilter,
): readonly Stored<Application>[] {
  const wanted = text.trim().toLowerCase()
  return applications.filter(application => {
    if (scope === 'mine' && roleInTurn(application.state) !== role) return false
    if (scope === 'open' && roleInTurn(application.state) === undefined) return false
    return wanted === '' || searchText(application).includes(wanted)
  })
}

function searchText({ _id, name, state }: Stored<Application>): string {
  return `${name} ${numberOf(_id)} ${STATE_LABELS[state]}`.toLowerCase()
}
