import type { Emit } from '@firekeep/core'
import type { RoomDocument } from './room-document.js'
import { wordsOf } from './words-of.js'

/** The map function of the search: a message is found under each of its words. */
export function indexWords(doc: RoomDocument, emit: Emit<string, null>): void {
  if (doc.state !== 'sent') return
  for (const word of wordsOf(doc.text)) emit(word)
}
