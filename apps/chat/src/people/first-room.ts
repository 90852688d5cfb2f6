import type { Stored } from '@firekeep/core'
import { createRoom } from '../data/room-link.js'
import type { Room } from '../data/user-document.js'
import type { WholeInvitation } from '../device/invitations.js'
import { syncServer } from '../device/sync-server.js'
import { openInvitedRoom } from '../invite/join-room.js'

const FIRST_ROOM = 'Hearth'

/** The room that a newcomer begins with: the one he was invited to, else one of his own. */
export async function firstRoom(invitation: WholeInvitation | undefined): Promise<Stored<Room>> {
  if (invitation !== undefined) return openInvitedRoom(invitation)
  const { url } = await syncServer.find()
  return createRoom(FIRST_ROOM, url)
}
