import { createTask } from '../../task.mjs'
import { changedTask } from '../changed-task.mjs'
import { createTasks } from '../create-tasks.mjs'

/**
 * @typedef {import('../../task.mjs').Task} Task
 * @typedef {typeof import('yjs')} Yjs
 * @typedef {import('yjs').Doc} Doc
 */

/**
 * One document with a map of tasks that keeps what was replaced, all in memory; nothing is stored. A moment is a
 * snapshot, and reading at it makes a document of it.
 *
 * @type {import('./history-contender.js').HistoryContender}
 */
export const yjs = {
  id: 'yjs',
  label: 'Yjs',
  package: 'yjs',
  environments: ['node', 'chromium'],
  operations: ['listVersions', 'queryPast', 'fork', 'merge'],
  async load() {
    const library = await import('yjs')
    return async () => ({
      listVersions: versions => listVersions(library, versions),
      queryPast: parts => queryPast(library, parts),
      fork: documents => fork(library, documents),
      merge: parts => merge(library, parts),
      close: async () => {},
    })
  },
}

/**
 * @param {Yjs} library
 * @param {number} versions
 */
async function listVersions(library, versions) {
  const doc = fill(library, 0)
  /** @type {import('yjs').Snapshot[]} */
  const snapshots = []
  for (let edits = 1; edits <= versions; edits++) {
    tasksOf(doc).set(createTask(0)._id, createTask(0, edits))
    snapshots.unshift(library.snapshot(doc))
  }
  return async () => snapshots.map(snapshot => mustHave(library.createDocFromSnapshot(doc, snapshot)))
}

/**
 * @param {Yjs} library
 * @param {import('./history-contender.js').PastParts} parts
 */
async function queryPast(library, { documents, commits, moments }) {
  const doc = fill(library, documents)
  /** @type {Map<number, import('yjs').Snapshot>} */
  const snapshots = new Map()
  for (let commit = 1; commit <= commits; commit++) {
    const task = changedTask(commit, documents)
    tasksOf(doc).set(task._id, task)
    if (moments.includes(commit)) snapshots.set(commit, library.snapshot(doc))
  }
  return async (/** @type {number} */ moment, /** @type {string} */ room) => {
    const snapshot = snapshots.get(moment)
    if (snapshot === undefined) throw new Error(`Moment ${moment} was not announced.`)
    const past = library.createDocFromSnapshot(doc, snapshot)
    return [...tasksOf(past).values()].filter(task => task.room === room)
  }
}

/**
 * @param {Yjs} library
 * @param {number} documents
 */
async function fork(library, documents) {
  const doc = fill(library, documents)
  return async () => findIn(copyOf(library, doc))
}

/**
 * @param {Yjs} library
 * @param {{ readonly documents: number, readonly commits: number }} parts
 */
async function merge(library, { documents, commits }) {
  const doc = fill(library, documents)
  const copy = copyOf(library, doc)
  for (let commit = 1; commit <= commits; commit++) {
    const task = changedTask(commit, documents)
    tasksOf(copy).set(task._id, task)
  }
  return async () => {
    const missing = library.encodeStateAsUpdate(copy, library.encodeStateVector(doc))
    library.applyUpdate(doc, missing)
    return findIn(doc)
  }
}

/**
 * @param {Yjs} library
 * @param {number} documents
 */
function fill({ Doc }, documents) {
  const doc = new Doc({ gc: false })
  doc.transact(() => {
    for (const task of createTasks(documents)) tasksOf(doc).set(task._id, task)
  })
  return doc
}

/**
 * @param {Yjs} library
 * @param {Doc} doc
 */
function copyOf({ Doc, applyUpdate, encodeStateAsUpdate }, doc) {
  const copy = new Doc({ gc: false })
  applyUpdate(copy, encodeStateAsUpdate(doc))
  return copy
}

/**
 * @param {Doc} doc
 * @returns {import('yjs').Map<Task>}
 */
function tasksOf(doc) {
  return doc.getMap('tasks')
}

/** @param {Doc} doc */
function findIn(doc) {
  return async (/** @type {string} */ id) => tasksOf(doc).get(id)
}

/** @param {Doc} doc */
function mustHave(doc) {
  const task = tasksOf(doc).get(createTask(0)._id)
  if (task === undefined) throw new Error('A version has no document.')
  return task
}
