import { useFirekeep } from '@firekeep/react'
import { useState } from 'react'
import { newPerson } from '../data/new-person.js'
import { newRoom } from '../data/new-room.js'
import type { UserDocument } from '../data/user-document.js'
import { personChoice } from '../device/person-choice.js'
import { hashOf } from '../device/route.js'
import { useRoomId } from '../device/use-room-id.js'
import { Failure } from '../ui/failure.js'
import { FieldForm } from '../ui/field-form.js'
import { Page } from '../ui/page.js'

const FIRST_ROOM = 'Hearth'

/** Asks a newcomer for a name, and makes the first room to talk in. */
export function WelcomePage({ hasRooms }: { readonly hasRooms: boolean }) {
  const database = useFirekeep<UserDocument>()
  const roomId = useRoomId()
  const [name, setName] = useState('')
  const [error, setError] = useState<unknown>()
  const begin = () => {
    const person = newPerson(name.trim())
    const room = hasRooms ? undefined : newRoom(FIRST_ROOM)
    // One commit: nobody is ever here without a room to go to.
    database.bulk(room ? [person, room] : [person]).then(() => {
      personChoice.choose(person._id)
      if (room && !roomId) location.hash = hashOf(room._id)
    }, setError)
  }
  return (
    <Page title="Firekeep Chat">
      <p className="lede">
        Rooms that live on this device: encrypted, there without a network, and the same in every tab.
      </p>
      <FieldForm label="Your name" value={name} action="Begin" onChange={setName} onSubmit={begin} />
      {error !== undefined && <Failure title="That did not work" error={error} />}
    </Page>
  )
}
