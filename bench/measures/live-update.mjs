import { quantile } from '../quantile.mjs'
import { createTask, roomOf } from '../task.mjs'
import { fill } from './fill.mjs'
import { timed } from './timed.mjs'

const DOCUMENTS = 10_000
const WARM_UP = 10
const UPDATES = 100
/** A document of the room that is watched. */
const WATCHED = 7

/**
 * From the call of a put until the listener of a live query of 100 rows has the changed document.
 *
 * @type {import('./measures.mjs').Measure}
 */
export const liveUpdate = {
  id: 'live-update',
  label: 'live query of 100 rows of 10,000: put to listener',
  needs: ['put', 'bulk', 'live'],
  figures: [{ id: 'p50', label: 'p50', unit: 'ms' }],
  async run({ open }) {
    const session = await open()
    await fill(session, DOCUMENTS)
    const room = new WatchedRoom()
    const stop = session.live(roomOf(WATCHED), tasks => room.show(tasks))
    await room.shows(createTask(WATCHED))
    const times = []
    for (let edits = 1; edits <= WARM_UP + UPDATES; edits++) {
      const task = createTask(WATCHED, edits)
      times.push(await timed(() => Promise.all([session.put(task), room.shows(task)])))
    }
    stop()
    await session.close()
    return { p50: quantile(times.slice(WARM_UP), 0.5) }
  },
}

/** What the listener was told last, and who waits for it. */
class WatchedRoom {
  /** @type {{ edits: number, resolve: () => void } | undefined} */
  #waiting

  /**
   * Resolves when the document is shown as it is here.
   *
   * @param {import('../task.mjs').Task} task
   * @returns {Promise<void>}
   */
  shows({ edits }) {
    return new Promise(resolve => {
      this.#waiting = { edits, resolve }
    })
  }

  /** @param {readonly import('../task.mjs').Task[]} tasks */
  show(tasks) {
    if (tasks.some(task => task.edits === this.#waiting?.edits)) this.#waiting?.resolve()
  }
}
