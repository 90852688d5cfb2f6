import type { Stored } from '@firekeep/core'
import type { Message, RoomDocument } from './room-document.js'
import { wordsOf } from './words-of.js'

/**
 * Of the documents found under one word, the messages that have a word beginning with each of the others, every
 * one once, the newest first.
 */
export function matchingMessages(
  docs: readonly Stored<RoomDocument>[],
  words: readonly string[],
): readonly Stored<Message>[] {
  const messageById = new Map<string, Stored<Message>>()
  for (const doc of docs) {
    if (doc.state === 'sent' && !messageById.has(doc._id) && hasAll(doc.text, words))
      messageById.set(doc._id, doc)
  }
  return [...messageById.values()].sort((a, b) => b.at - a.at)
}

function hasAll(text: string, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const own = [...wordsOf(text)]
  return words.every(word => own.some(each => each.startsWith(word)))
}
