/** Somebody who writes from the user's devices. Each tab writes as one of them. */
export interface Person {
  readonly type: 'person'
  readonly name: string
  readonly addedAt: number
}

/** A room the user knows. Its messages are in a database of their own. */
export interface Room {
  readonly type: 'room'
  readonly title: string
  /** The name of the room's database on the device: a random id, so that it says nothing. */
  readonly database: string
  readonly addedAt: number
  /** The link that opens the room's database anywhere; missing while there was no server to keep it. */
  readonly link?: string
}

/** Where the user database itself is kept, so that the user's other devices have it. Under {@link HOME_SERVER}. */
export interface HomeServer {
  readonly type: 'server'
  readonly url: string
}

export const HOME_SERVER = 'server'

/** What the user's own database holds. */
export type UserDocument = Person | Room | HomeServer
