/** Somebody who writes from this device. Each tab writes as one of them. */
export interface Person {
  readonly type: 'person'
  readonly name: string
  readonly addedAt: number
}

/** A room this device knows. Its messages are in a database of their own. */
export interface Room {
  readonly type: 'room'
  readonly title: string
  /** The name of the room's database: a random id, so that it says nothing. */
  readonly database: string
  readonly addedAt: number
}

/** What the user's own database holds. */
export type UserDocument = Person | Room
