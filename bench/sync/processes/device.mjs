import { createTask } from '../../task.mjs'
import { clock } from './clock.mjs'

/**
 * @typedef {import('../contenders/sync-contender.js').DeviceSession} DeviceSession
 * @typedef {import('../../task.mjs').Task} Task
 *
 * @typedef {{ first: number, count: number }} TaskRange
 * @typedef {{ number: number, edits: number }} TaskChange
 * @typedef {{ start: number, end: number }} Span on the common clock, in milliseconds
 */

/** A device of a contender: does what it is told, and notes when which document was shown. */
export class Device {
  #open
  #wireBytes
  /** @type {DeviceSession | undefined} */
  #session
  /** @type {Set<string>} */
  #shownIds = new Set()
  /** @type {Map<string, number>} */
  #timeByVersion = new Map()
  /** @type {Set<() => void>} */
  #waiting = new Set()
  #last = 0

  /**
   * @param {import('../contenders/sync-contender.js').OpenDevice} open
   * @param {() => number} wireBytes
   */
  constructor(open, wireBytes) {
    this.#open = open
    this.#wireBytes = wireBytes
  }

  /** @param {{ url: string, dir: string, ticket: string | undefined }} place */
  async open(place) {
    this.#session = await this.#open({ ...place, listener: tasks => this.#show(tasks) })
    return this.#session.ticket()
  }

  /** @returns {Promise<number>} when it was called */
  async connect() {
    const start = clock()
    await this.#mustHaveSession().connect()
    return start
  }

  async disconnect() {
    await this.#mustHaveSession().disconnect()
  }

  /** @param {TaskRange} range */
  async bulk(range) {
    const tasks = tasksOf(range)
    return span(() => this.#mustHaveSession().bulk(tasks))
  }

  /**
   * Puts new documents, each awaited before the next.
   *
   * @param {TaskRange} range
   */
  async puts(range) {
    const session = this.#mustHaveSession()
    return span(async () => {
      for (const task of tasksOf(range)) await session.put(task)
    })
  }

  /** @param {TaskChange} change */
  async change({ number, edits }) {
    const task = createTask(number, edits)
    return span(() => this.#mustHaveSession().put(task))
  }

  /** @returns {Promise<number>} when the server had everything */
  async acknowledged() {
    await this.#mustHaveSession().acknowledged()
    return clock()
  }

  /**
   * @param {number} count
   * @returns {Promise<number>} when so many documents were shown
   */
  async whenHolds(count) {
    const session = this.#mustHaveSession()
    const shown = this.#until(() => (this.#shownIds.size >= count ? this.#last : undefined))
    if (session.count === undefined) return shown
    return Promise.race([shown, this.#whenCounted(count)])
  }

  /**
   * @param {TaskChange} change
   * @returns {Promise<number>} when this state of the document was shown
   */
  whenShown({ number, edits }) {
    const version = versionOf(createTask(number, edits))
    return this.#until(() => this.#timeByVersion.get(version))
  }

  wireBytes() {
    return this.#wireBytes()
  }

  /** @param {number} count */
  async #whenCounted(count) {
    const time = await this.acknowledged()
    const counted = (await this.#mustHaveSession().count?.()) ?? 0
    return counted >= count ? time : new Promise(() => {})
  }

  /** @param {readonly Task[]} tasks */
  #show(tasks) {
    this.#last = clock()
    for (const task of tasks) {
      this.#shownIds.add(task._id)
      this.#timeByVersion.set(versionOf(task), this.#last)
    }
    for (const check of this.#waiting) check()
  }

  /**
   * @param {() => number | undefined} find
   * @returns {Promise<number>}
   */
  #until(find) {
    return new Promise(resolve => {
      const check = () => {
        const found = find()
        if (found === undefined) return
        this.#waiting.delete(check)
        resolve(found)
      }
      this.#waiting.add(check)
      check()
    })
  }

  #mustHaveSession() {
    if (this.#session === undefined) throw new Error('The device is not open.')
    return this.#session
  }
}

/** @param {Task} task */
function versionOf({ _id, edits }) {
  return `${_id} ${edits}`
}

/** @param {TaskRange} range */
function tasksOf({ first, count }) {
  return Array.from({ length: count }, (_, i) => createTask(first + i))
}

/**
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Span>}
 */
async function span(work) {
  const start = clock()
  await work()
  return { start, end: clock() }
}
