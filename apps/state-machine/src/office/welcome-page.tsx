import { type FormEvent, useId, useState } from 'react'
import { ROLE_LABELS, ROLES } from '../data/role.js'
import { type Invitation, invitations } from '../device/invitations.js'
import { roleChoice } from '../device/role-choice.js'
import { useRole } from '../device/use-role.js'
import { damageText } from '../invite/damage-text.js'
import { ServerLine } from '../invite/server-line.js'
import { Failure } from '../ui/failure.js'
import { Page } from '../ui/page.js'
import { foundOffice, joinOffice } from './found-office.js'

const OFFICE_NAME = 'Licensing office'

/** Asks a newcomer for a name and a role, and opens an office: the one of the invitation, else a new one. */
export function WelcomePage({ invitation }: { readonly invitation: Invitation | undefined }) {
  const [name, setName] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const [nameId, roleId] = [useId(), useId()]
  const role = useRole()
  const invited = invitation?.kind === 'whole' ? invitation : undefined
  const isReady = name.trim() !== '' && !isBusy
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!isReady) return
    setBusy(true)
    const opened = invited ? joinOffice(invited, name.trim()) : foundOffice(OFFICE_NAME, name.trim())
    opened.then(invitations.end, (reason: unknown) => {
      setBusy(false)
      setError(reason)
    })
  }
  return (
    <Page title={invited ? `Join “${invited.info.title ?? 'an office'}”` : 'Firekeep Licences'}>
      {invitation?.kind === 'damaged' && (
        <p className="failure" role="alert">
          <strong>This invitation does not work.</strong> {damageText(invitation.isNewer)}
        </p>
      )}
      <p className="lede">{invited ? INVITED : ALONE}</p>
      {invited && <ServerLine server={invited.info.server} />}
      <form className="stack" onSubmit={submit}>
        <label htmlFor={nameId}>Your name</label>
        <input
          id={nameId}
          className="field"
          value={name}
          maxLength={80}
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: it is what the page was opened for
          autoFocus
          onChange={event => setName(event.target.value)}
        />
        <label htmlFor={roleId}>Your role</label>
        <select
          id={roleId}
          className="field"
          value={role}
          onChange={event => roleChoice.choose(event.target.value)}
        >
          {ROLES.map(each => (
            <option key={each} value={each}>
              {ROLE_LABELS[each]}
            </option>
          ))}
        </select>
        <p className="hint">You can change both at any time.</p>
        <button type="submit" className="button button-primary" disabled={!isReady}>
          {invited ? 'Join' : 'Open an office'}
        </button>
      </form>
      {error !== undefined && <Failure title="That did not work" error={error} />}
    </Page>
  )
}

const ALONE =
  'Driver’s licence applications, from draft to mailbox: on this device, encrypted, with a history that nobody can rewrite.'
const INVITED =
  'You were invited to an office. There is no account: the link is the key to all that is in it.'
