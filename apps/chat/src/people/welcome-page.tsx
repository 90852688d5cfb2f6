import { useFirekeep } from '@firekeep/react'
import { useState } from 'react'
import { newPerson } from '../data/new-person.js'
import type { UserDocument } from '../data/user-document.js'
import { type DamagedInvitation, invitations, type WholeInvitation } from '../device/invitations.js'
import { personChoice } from '../device/person-choice.js'
import { hashOf } from '../device/route.js'
import { useRoomId } from '../device/use-room-id.js'
import { damageText } from '../invite/damage-text.js'
import { ServerLine } from '../invite/server-line.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'
import { Page } from '../ui/page.js'
import { firstRoom } from './first-room.js'

export interface WelcomePageProps {
  readonly hasRooms: boolean
  /** What brought the newcomer here. */
  readonly invitation: WholeInvitation | DamagedInvitation | undefined
}

/** Asks a newcomer for a name, and opens the first room: the one of the invitation, else a new one. */
export function WelcomePage({ hasRooms, invitation }: WelcomePageProps) {
  const database = useFirekeep<UserDocument>()
  const roomId = useRoomId()
  const [name, setName] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const invited = invitation?.kind === 'room' ? invitation : undefined
  const begin = async () => {
    const person = newPerson(name.trim())
    const room = invited !== undefined || !hasRooms ? await firstRoom(invited) : undefined
    // One commit: nobody is ever here without a room to go to.
    await database.bulk(room ? [person, room] : [person])
    personChoice.choose(person._id)
    invitations.end()
    if (room && (invited !== undefined || !roomId)) location.hash = hashOf(room._id)
  }
  const submit = () => {
    setBusy(true)
    begin()
      .catch(setError)
      .finally(() => setBusy(false))
  }
  return (
    <Page title={invited ? `Join “${invited.info.title ?? 'a room'}”` : 'Firekeep Chat'}>
      {invitation?.kind === 'damaged' && (
        <p className="failure" role="alert">
          <strong>This invitation does not work.</strong> {damageText(invitation.isNewer)}
        </p>
      )}
      <p className="lede">{invited ? INVITED : ALONE}</p>
      {invited && <ServerLine server={invited.info.server} />}
      <FieldForm
        label="Your name"
        value={name}
        action={invited ? 'Join' : 'Begin'}
        isBusy={isBusy}
        onChange={setName}
        onSubmit={submit}
      />
      {error !== undefined && <Failure title="That did not work" error={error} />}
    </Page>
  )
}

const ALONE = 'Rooms that live on this device: encrypted, there without a network, and the same in every tab.'
const INVITED =
  'You were invited to a room. There is no account: the link is the key, and only those who have it can read what is said.'
