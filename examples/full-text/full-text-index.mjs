import { open, readFile, rename } from 'node:fs/promises'
import { hasErrorCode } from '@firekeep/core'
import MiniSearch from 'minisearch'

const OPTIONS = {
  idField: '_id',
  fields: ['text'],
  extractField: (doc, field) => (field === 'text' ? textsOf(doc).join('\n') : doc[field]),
}

/**
 * A full-text index of a database in a file of its own. The file holds the index *and* the clock it covers, and is
 * replaced as a whole: so whenever the process dies, the next one goes on exactly where the file ends.
 */
export class FullTextIndex {
  #file
  #index = new MiniSearch(OPTIONS)
  /** What is indexed so far; `undefined` for nothing. */
  #clock

  constructor(file) {
    this.#file = file
  }

  static async open(file) {
    const index = new FullTextIndex(file)
    await index.#load()
    return index
  }

  get size() {
    return this.#index.documentCount
  }

  /** The ids of the documents that have the words, or words that begin so, best first. */
  search(words) {
    return this.#index.search(words, { prefix: true, combineWith: 'AND' }).map(({ id }) => id)
  }

  /** Indexes what happened since the last time. Answers how many changes that were. */
  async catchUp(db, { batch = 500, onBatch } = {}) {
    let changes = 0
    for (;;) {
      const { docs, clock } = await this.#next(db, batch)
      if (docs.length === 0) return changes
      for (const doc of docs) this.#apply(doc)
      this.#clock = clock
      await this.#save()
      changes += docs.length
      await onBatch?.(changes)
    }
  }

  async #next(db, limit) {
    try {
      return await db.changes(this.#clock, { limit })
    } catch (error) {
      // What the index covers was pruned, or the database is another one: it is made anew.
      if (!hasErrorCode(error, 'PRUNED') && !hasErrorCode(error, 'UNKNOWN_CLOCK')) throw error
      this.#index = new MiniSearch(OPTIONS)
      this.#clock = undefined
      return db.changes(undefined, { limit })
    }
  }

  /** A change is the document as it is shown after it, so it replaces whatever was indexed. */
  #apply(doc) {
    if (this.#index.has(doc._id)) this.#index.discard(doc._id)
    if (!doc._deleted) this.#index.add(doc)
  }

  async #load() {
    let text
    try {
      text = await readFile(this.#file, 'utf8')
    } catch (error) {
      if (error.code === 'ENOENT') return
      throw error
    }
    const { clock, index } = JSON.parse(text)
    this.#index = MiniSearch.loadJS(index, OPTIONS)
    this.#clock = clock
  }

  /** Written beside it, flushed, then renamed: there is the old file or the new one, and nothing between. */
  async #save() {
    const beside = `${this.#file}.new`
    const handle = await open(beside, 'w')
    try {
      await handle.writeFile(JSON.stringify({ clock: this.#clock, index: this.#index }))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, this.#file)
  }
}

/** All texts in a document, however deep. */
function textsOf(value) {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  return Object.entries(value).flatMap(([key, part]) => (key.startsWith('_') ? [] : textsOf(part)))
}
