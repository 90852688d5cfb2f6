import type { Stored } from '@firekeep/core'
import type { Room } from '../data/user-document.js'
import { invitations } from '../device/invitations.js'
import { useInvitation } from '../device/use-invitation.js'
import { DamagedDialog } from './damaged-dialog.js'
import { DeviceDialog } from './device-dialog.js'
import { RoomInvitationDialog } from './room-invitation-dialog.js'

/** Asks a user who is here already what to do with the invitation that the page was opened with. */
export function InvitationGate({ rooms }: { readonly rooms: readonly Stored<Room>[] }) {
  const invitation = useInvitation()
  if (invitation === undefined) return null
  const { end } = invitations
  if (invitation.kind === 'damaged') return <DamagedDialog isNewer={invitation.isNewer} onClose={end} />
  if (invitation.kind === 'device') return <DeviceDialog invitation={invitation} onClose={end} />
  return <RoomInvitationDialog invitation={invitation} rooms={rooms} onClose={end} />
}
