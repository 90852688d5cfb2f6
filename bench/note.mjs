import { createProse } from './create-prose.mjs'
import { roomOf } from './task.mjs'

/** Bytes of JSON that the note takes, edited or not. */
export const NOTE_BYTES = 2_048

const TITLE_LENGTH = 60
const ITEMS = 6

/**
 * @typedef {import('./task.mjs').Task & {
 *   title: string, owner: string, tags: string[], items: { label: string, done: boolean }[]
 * }} Note
 */

/**
 * The one document that is changed again and again: {@link NOTE_BYTES} of JSON, in which each edit changes a
 * counter and a title and nothing else.
 *
 * @param {number} edits below 10,000
 * @returns {Note}
 */
export function createNote(edits) {
  const note = {
    _id: 'note-00000001',
    type: /** @type {const} */ ('task'),
    room: roomOf(1),
    edits: 10_000 + edits,
    title: createProse(edits, TITLE_LENGTH),
    owner: 'Maria Lindqvist',
    tags: ['planning', 'harbour', 'spring'],
    items: Array.from({ length: ITEMS }, (_, i) => ({ label: createProse(i, 40), done: i % 2 === 0 })),
    text: '',
  }
  return { ...note, text: createProse(7, NOTE_BYTES - JSON.stringify(note).length) }
}
