import { useEffect, useState } from 'react'
import { useOffice } from '../data/office-hooks.js'
import { invitations, type WholeInvitation } from '../device/invitations.js'
import { useInvitation } from '../device/use-invitation.js'
import { damageText } from '../invite/damage-text.js'
import { ServerLine } from '../invite/server-line.js'
import { useMe } from '../people/use-me.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/failure.js'
import { joinOffice } from './found-office.js'

/** Asks somebody who has an office already what to do with the invitation that the page was opened with. */
export function InvitationDialog() {
  const invitation = useInvitation()
  if (invitation === undefined) return null
  if (invitation.kind === 'whole') return <JoinDialog invitation={invitation} />
  return (
    <Dialog title="This invitation does not work" onClose={invitations.end}>
      <p>{damageText(invitation.isNewer)}</p>
      <div className="actions">
        <button type="button" className="button button-primary" onClick={invitations.end}>
          Close
        </button>
      </div>
    </Dialog>
  )
}

function JoinDialog({ invitation }: { readonly invitation: WholeInvitation }) {
  const office = useOffice()
  const me = useMe()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const [current, setCurrent] = useState<string>()
  const { info } = invitation
  useEffect(() => {
    office.identity().then(({ database }) => setCurrent(database), setError)
  }, [office])
  const isHere = current === info.database
  useEffect(() => {
    if (isHere) invitations.end()
  }, [isHere])
  const join = () => {
    setBusy(true)
    joinOffice(invitation, me.name).then(invitations.end, (reason: unknown) => {
      setBusy(false)
      setError(reason)
    })
  }
  if (current === undefined && error === undefined) return null
  if (isHere) return null
  return (
    <Dialog title={`Join “${info.title ?? 'an office'}”?`} onClose={invitations.end}>
      <p>
        This device shows that office from then on. The one it shows now stays stored here, and a link to it
        leads back: copy one first if nobody else has it.
      </p>
      <ServerLine server={info.server} />
      <div className="actions">
        <button type="button" className="button" onClick={invitations.end}>
          Stay here
        </button>
        <button type="button" className="button button-primary" disabled={isBusy} onClick={join}>
          Join
        </button>
      </div>
      {error !== undefined && <Failure title="The office cannot be opened" error={error} />}
    </Dialog>
  )
}
