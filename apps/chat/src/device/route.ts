const ROOM = /^#\/room\/([0-9a-z]{32})$/

/** The id of the room document that the address names; `undefined` for the list of rooms. */
export function roomIdOf(hash: string): string | undefined {
  const id = ROOM.exec(hash)?.[1]
  return id === undefined ? undefined : `room:${id}`
}

/** The address of a room, and without one that of the list. */
export function hashOf(roomId: string | undefined): string {
  return roomId === undefined ? '#/' : `#/room/${roomId.slice('room:'.length)}`
}
