/** The user database that a device begins with: people and rooms. Others come by link, from another device. */
export const USER_DATABASE = 'firekeep-chat'

const LINKED = `${USER_DATABASE}-user-`

/** The name of a user database that came from another device, by the id of the database. */
export function nameOfLinkedUser(database: string): string {
  return LINKED + database.slice(0, 16)
}

/** Whether a database of this device is a user database, and not that of a room. */
export function isUserDatabase(name: string): boolean {
  return name === USER_DATABASE || name.startsWith(LINKED)
}
