import { createProse } from './create-prose.mjs'

/** Bytes of JSON that every document takes. */
export const TASK_BYTES = 300

/** Documents among which each room has 100 and each hall 1,000: five halls and 50 rooms for each 10,000. */
const BLOCK = 10_000
const PLACES = 100
const ROOMS = 50
const HALLS = 5

/**
 * @typedef {object} Task
 * @property {string} _id
 * @property {'task'} type
 * @property {string} room the indexed field
 * @property {number} edits
 * @property {string} text
 */

/**
 * The document with this number: always the same, {@link TASK_BYTES} long as JSON while `edits` is below 10,000.
 *
 * @param {number} number
 * @param {number} [edits] how often it was changed
 * @returns {Task}
 */
export function createTask(number, edits = 0) {
  const task = {
    _id: `task-${String(number).padStart(8, '0')}`,
    type: /** @type {const} */ ('task'),
    room: roomOf(number),
    edits: 10_000 + edits,
    text: '',
  }
  return { ...task, text: createProse(number, TASK_BYTES - JSON.stringify(task).length) }
}

/**
 * The room or hall of the document with this number. Two sizes of result lie in one index, at every number of
 * documents: a room has 100 documents, a hall 1,000. Numbers below 50 each stand in a room of their own, those
 * from 50 to 54 each in a hall.
 *
 * @param {number} number
 */
export function roomOf(number) {
  const block = String(Math.floor(number / BLOCK)).padStart(3, '0')
  const place = number % PLACES
  return place < ROOMS
    ? `room-${block}-${String(place).padStart(2, '0')}`
    : `hall-${block}-${String(place % HALLS).padStart(2, '0')}`
}
