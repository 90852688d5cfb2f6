/** What the address of an invitation says that it is for; the link itself stands behind it, in the fragment. */
export const JOIN_PAGE = { room: '?join=room', device: '?join=device' } as const

export type InvitationKind = keyof typeof JOIN_PAGE

/** Whether the address of an invitation is for a room, or for all that a user has. */
export function kindOfJoinPage(address: string): InvitationKind {
  const search = URL.canParse(address) ? new URL(address).search : ''
  return search === JOIN_PAGE.device ? 'device' : 'room'
}
