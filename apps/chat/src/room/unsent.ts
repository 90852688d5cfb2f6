import type { PendingPicture } from '../pictures/pending-picture.js'

/** What was written and chosen in a room, and not sent yet. */
export interface Unsent {
  readonly text: string
  readonly pictures: readonly PendingPicture[]
}

export const NOTHING_UNSENT: Unsent = { text: '', pictures: [] }

/** Puts back what could not be sent, before what was written since. */
export function joinUnsent(former: Unsent, since: Unsent): Unsent {
  const texts = [former.text, since.text].filter(text => text !== '')
  return { text: texts.join('\n'), pictures: [...former.pictures, ...since.pictures] }
}
