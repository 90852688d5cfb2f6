import type { Stored } from '@firekeep/core'

import { nameOfRoom } from '../data/new-room.js'
import type { Room } from '../data/user-document.js'
import type { WholeInvitation } from '../device/invitations.js'

const ID_LENGTH = 32

/**
 * The room that an invitation leads to, as it is put on the list. Its key is on this device when this resolves; what
 * was said there comes when the room is open. Rejects with what `openLink` says of links that lead nowhere.
 */
export async function openInvitedRoom({ link, info }: WholeInvitation): Promise<Stored<Room>> {
  const { openLink } = await import('@firekeep/core/share')
  // Made from the id of the database, so that a room is on the list once, whoever of the user's devices joins first.
  const id = info.database.slice(0, ID_LENGTH)
  const database = await openLink(link, { name: nameOfRoom(id), attach: false })
  await database.close()
  const title = info.title ?? 'A room without a name'
  return {
    _id: `room:${id}`,
    type: 'room',
    title,
    database: database.name,
    addedAt: Date.now(),
    link,
  }
}

/** The room of the list that an invitation leads to. */
export function findInvitedRoom(
  rooms: readonly Stored<Room>[],
  { info, readLink }: WholeInvitation,
): Stored<Room> | undefined {
  return rooms.find(({ link }) => link !== undefined && readLink(link)?.database === info.database)
}

/** Whether an invitation gives nothing that the room of the list does not have. */
export function isNothingNew({ link }: Room, { info, readLink }: WholeInvitation): boolean {
  return info.permission === 'read' || (link !== undefined && readLink(link)?.permission === 'write')
}
