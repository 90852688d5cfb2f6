import { createTask } from '../../task.mjs'

/** @typedef {import('@firekeep/core').Database<import('../../task.mjs').Task>} Tasks */

/** The databases of a cell that are open, to be closed at its end. */
export class FirekeepHandles {
  #openDatabase
  /** @type {Set<Tasks>} */
  #open = new Set()

  /** @param {(name: string) => Tasks} openDatabase */
  constructor(openDatabase) {
    this.#openDatabase = openDatabase
  }

  /** @param {string} name */
  open(name) {
    return this.keep(this.#openDatabase(name))
  }

  /** @param {Tasks} db */
  keep(db) {
    this.#open.add(db)
    return db
  }

  /**
   * The same database as a later session finds it: what was going on in it has ended, and nothing that was read or
   * written is in memory but what the first document takes.
   *
   * @param {Tasks} db
   */
  async reopen(db) {
    this.#open.delete(db)
    await db.close()
    const again = this.open(db.name)
    await again.find(createTask(0)._id)
    return again
  }

  async close() {
    await Promise.all([...this.#open].map(db => db.close()))
  }
}
