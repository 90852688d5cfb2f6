/**
 * "… is composing": written while somebody types, with the time of the last key strokes. It never holds the text;
 * when the message is sent, the document of the same id becomes the {@link Message}.
 */
export interface Draft {
  readonly state: 'composing'
  readonly at: number
  readonly author: string
  readonly name: string
  /** The page it is typed in, so that this page does not report itself. */
  readonly page: string
}

export interface Message {
  readonly state: 'sent'
  readonly at: number
  /** The id of a person, in the user database of whoever wrote it. */
  readonly author: string
  /** The author's name when it was sent: others do not have that database. */
  readonly name: string
  readonly text: string
}

/**
 * What a room's database holds. Both kinds are found by `['state', 'at']`, newest first and as many as are shown,
 * so that a room stays quick however long it grows.
 */
export type RoomDocument = Draft | Message
