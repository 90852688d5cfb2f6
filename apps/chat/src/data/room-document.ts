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

/** A picture of a message: what is known of it before it is loaded, so that it has its place. */
export interface Picture {
  /** Of the attachment that holds it. */
  readonly name: string
  /** In pixels, as it is looked at. */
  readonly width: number
  readonly height: number
}

export interface Message {
  readonly state: 'sent'
  readonly at: number
  /** The id of a person, in the user database of whoever wrote it. */
  readonly author: string
  /** The author's name when it was sent: others do not have that database. */
  readonly name: string
  /** Empty where there are only pictures. */
  readonly text: string
  /** In the order they are shown. */
  readonly pictures?: readonly Picture[]
}

/**
 * What a room's database holds. Both kinds are found by `['state', 'at']`, newest first and as many as are shown,
 * so that a room stays quick however long it grows.
 */
export type RoomDocument = Draft | Message
