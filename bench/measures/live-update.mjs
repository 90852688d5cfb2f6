import { quantile } from '../quantile.mjs'
import { createTask, roomOf } from '../task.mjs'
import { countLabel } from './count-label.mjs'
import { repeatTimed } from './repeat-timed.mjs'

const WARM_UP = 5
const UPDATES = 30
/** Documents of a room of 100, of a hall of 1,000, and of a room that nobody watches. */
const IN_ROOM = 7
const IN_HALL = 52
const UNWATCHED = 9

/**
 * From the call of a put until it is durable and the listener of a live query has the changed document, beside a
 * put that no live query watches.
 *
 * @param {number} documents
 * @returns {import('./measures.mjs').Measure}
 */
export const liveUpdate = documents => ({
  id: `live-${countLabel(documents)}`,
  label: `live query at ${documents.toLocaleString('en')}`,
  group: 'Reading',
  needs: ['put', 'bulk', 'live'],
  documents,
  rounds: 3,
  figures: [
    { id: 'put', label: 'put without one, p50', unit: 'ms' },
    { id: 'rows', label: '100 rows, put to listener, p50', unit: 'ms' },
    { id: 'manyRows', label: '1,000 rows, put to listener, p50', unit: 'ms' },
  ],
  async run({ open }) {
    const session = await open()
    const figures = {
      put: await repeatPuts(UNWATCHED, task => session.put(task)),
      rows: await watch(session, IN_ROOM, 100),
      manyRows: await watch(session, IN_HALL, 1_000),
    }
    await session.close()
    return figures
  },
})

/**
 * @param {number} number of the document
 * @param {(task: import('../task.mjs').Task) => Promise<unknown>} put
 */
async function repeatPuts(number, put) {
  const times = await repeatTimed({ warmUp: WARM_UP, times: UPDATES }, i => put(createTask(number, i + 1)))
  return quantile(times, 0.5)
}

/**
 * @param {import('../contenders/contender.js').Session} session
 * @param {number} number
 * @param {number} rows
 */
async function watch(session, number, rows) {
  const room = new WatchedRoom(rows)
  const shown = room.shows(createTask(number))
  const stop = session.live(roomOf(number), tasks => room.show(tasks))
  await shown
  const p50 = await repeatPuts(number, task => {
    // First, as some listeners are called before `put` returns.
    const isShown = room.shows(task)
    return Promise.all([session.put(task), isShown])
  })
  stop()
  return p50
}

/** What the listener was told last, and who waits for it. */
class WatchedRoom {
  /** @type {{ task: import('../task.mjs').Task, resolve: () => void, reject: (error: Error) => void } | undefined} */
  #waiting

  /** @param {number} rows */
  constructor(rows) {
    /** @readonly */
    this.rows = rows
  }

  /**
   * Resolves when the document is shown as it is here.
   *
   * @param {import('../task.mjs').Task} task
   * @returns {Promise<void>}
   */
  shows(task) {
    return new Promise((resolve, reject) => {
      this.#waiting = { task, resolve, reject }
    })
  }

  /** @param {readonly import('../task.mjs').Task[]} tasks */
  show(tasks) {
    const waiting = this.#waiting
    if (!tasks.some(({ _id, edits }) => _id === waiting?.task._id && edits === waiting.task.edits)) return
    if (tasks.length === this.rows) waiting?.resolve()
    else waiting?.reject(new Error(`A live query showed ${tasks.length} rows instead of ${this.rows}.`))
  }
}
