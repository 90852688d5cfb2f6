import { personChoice } from './device/person-choice.js'
import { useChoice } from './device/use-choice.js'
import { useInvitation } from './device/use-invitation.js'
import { DevicePage } from './invite/device-page.js'
import { InvitationGate } from './invite/invitation-gate.js'
import { usePeople } from './people/use-people.js'
import { WelcomePage } from './people/welcome-page.js'
import { useRooms } from './rooms/use-rooms.js'
import { Failure } from './ui/failure.js'
import { Page } from './ui/page.js'
import { Workspace } from './workspace.js'

/** Welcomes newcomers, and lets everybody else in. */
export function Start() {
  const { people, hydrated: hasPeople, error } = usePeople()
  const { rooms, hydrated: hasRooms } = useRooms()
  const chosen = useChoice(personChoice)
  const invitation = useInvitation()
  const person = people.find(({ _id }) => _id === chosen) ?? people[0]
  if (error && !hasPeople) {
    return (
      <Page title="The chat cannot start">
        <Failure title="Its data cannot be read" error={error} />
      </Page>
    )
  }
  if (!hasPeople || !hasRooms) return <div className="loading" role="status" aria-label="Loading" />
  if (person) {
    return (
      <>
        <Workspace rooms={rooms} person={person} people={people} />
        <InvitationGate rooms={rooms} />
      </>
    )
  }
  if (invitation?.kind === 'device') return <DevicePage invitation={invitation} />
  return <WelcomePage hasRooms={rooms.length > 0} invitation={invitation} />
}
