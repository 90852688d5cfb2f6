import { useState } from 'react'
import { OFFICE, type Office } from '../data/office-document.js'
import { useOfficeDocument } from '../data/office-hooks.js'
import { ROLE_LABELS, ROLES } from '../data/role.js'
import type { ChosenOffice } from '../device/office-choice.js'
import { roleChoice } from '../device/role-choice.js'
import type { Route } from '../device/route.js'
import { useRole } from '../device/use-role.js'
import { PersonMenu } from '../people/person-menu.js'
import { Mark } from '../ui/mark.js'
import { InviteDialog } from './invite-dialog.js'
import { Navigation } from './navigation.js'

export interface TopBarProps {
  readonly route: Route
  readonly office: ChosenOffice
}

/** The office, the ways through it, and who works here. */
export function TopBar({ route, office: { server } }: TopBarProps) {
  const { doc: office } = useOfficeDocument<Office>(OFFICE)
  const [isInviting, setInviting] = useState(false)
  const name = office?.name ?? 'Office'
  return (
    <header className="top-bar">
      <h1 className="brand">
        <Mark />
        <span>{name}</span>
      </h1>
      <Navigation route={route} />
      <RoleField />
      <PersonMenu onInvite={server === undefined ? undefined : () => setInviting(true)} />
      {isInviting && server !== undefined && (
        <InviteDialog title={name} server={server} onClose={() => setInviting(false)} />
      )}
    </header>
  )
}

function RoleField() {
  const role = useRole()
  return (
    <label className="role-field">
      <span>Act as</span>
      <select
        className="field field-small"
        value={role}
        onChange={event => roleChoice.choose(event.target.value)}
      >
        {ROLES.map(each => (
          <option key={each} value={each}>
            {ROLE_LABELS[each]}
          </option>
        ))}
      </select>
    </label>
  )
}
