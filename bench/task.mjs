/** Bytes of JSON that every document takes. */
export const TASK_BYTES = 300

/** Rooms that tasks are spread over: of 10,000 tasks each room has 100. */
const ROOMS = 100

const WORDS =
  'amber bolt cedar dune ember fjord glade harbor inlet juniper kelp ledge mist north otter'.split(' ')

/**
 * @typedef {object} Task
 * @property {string} _id
 * @property {'task'} type
 * @property {string} room
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
  return { ...task, text: prose(number, TASK_BYTES - JSON.stringify(task).length) }
}

/** @param {number} number */
export function roomOf(number) {
  return `room-${String(number % ROOMS).padStart(2, '0')}`
}

/**
 * Words that differ from document to document, so that no storage gains much by compressing them.
 *
 * @param {number} seed
 * @param {number} length
 */
function prose(seed, length) {
  let state = seed + 1
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    text += `${WORDS[state % WORDS.length]}-${state.toString(36)} `
  }
  return text.slice(0, length)
}
