import { createFreeze } from '../../contenders/create-freeze.mjs'
import { createTask } from '../../task.mjs'
import { changedTask } from '../changed-task.mjs'
import { createTasks } from '../create-tasks.mjs'

/**
 * @typedef {import('../../task.mjs').Task} Task
 * @typedef {typeof import('@automerge/automerge/slim')} Library
 * @typedef {{ tasks: Record<string, Task> }} Tasks
 * @typedef {import('@automerge/automerge/slim').Doc<Tasks>} Doc
 *
 * @typedef {object} Tools
 * @property {Library} library
 * @property {(task: Task) => Task} freeze
 */

/**
 * Once for all cells of a process.
 *
 * @type {Promise<Tools> | undefined}
 */
let loading

/**
 * One document with a map of tasks, all in memory; nothing is stored. Strings are values, not texts that several people
 * write. A moment is its heads.
 *
 * @type {import('./history-contender.js').HistoryContender}
 */
export const automerge = {
  id: 'automerge',
  label: 'Automerge',
  package: '@automerge/automerge',
  environments: ['node', 'chromium'],
  operations: ['listVersions', 'queryPast', 'fork', 'diff', 'merge'],
  async load() {
    loading ??= loadTools()
    const tools = await loading
    return async () => ({
      listVersions: versions => listVersions(tools, versions),
      queryPast: parts => queryPast(tools, parts),
      fork: documents => fork(tools, documents),
      diff: parts => diff(tools, parts),
      merge: parts => merge(tools, parts),
      close: async () => {},
    })
  },
}

async function loadTools() {
  const { automergeWasmBase64 } = await import('@automerge/automerge/automerge.wasm.base64')
  const library = await import('@automerge/automerge/slim')
  await library.initializeBase64Wasm(automergeWasmBase64)
  return { library, freeze: createFreeze(text => new library.ImmutableString(text)) }
}

/**
 * @param {Tools} tools
 * @param {number} versions
 */
async function listVersions(tools, versions) {
  const { _id } = createTask(0)
  let doc = fill(tools, 0)
  /** @type {import('@automerge/automerge/slim').Heads[]} */
  const heads = []
  for (let edits = 1; edits <= versions; edits++) {
    doc = change(tools, doc, createTask(0, edits))
    heads.unshift(tools.library.getHeads(doc))
  }
  // `getHistory` makes each state anew, from all changes up to it, and takes longer than a cell may.
  return async () => heads.map(at => mustHave(tools.library.view(doc, at).tasks[_id]))
}

/**
 * @param {Tools} tools
 * @param {import('./history-contender.js').PastParts} parts
 */
async function queryPast(tools, { documents, commits, moments }) {
  let doc = fill(tools, documents)
  /** @type {Map<number, import('@automerge/automerge/slim').Heads>} */
  const heads = new Map()
  for (let commit = 1; commit <= commits; commit++) {
    doc = change(tools, doc, changedTask(commit, documents))
    if (moments.includes(commit)) heads.set(commit, tools.library.getHeads(doc))
  }
  return async (/** @type {number} */ moment, /** @type {string} */ room) => {
    const past = tools.library.view(doc, heads.get(moment) ?? [])
    return Object.values(past.tasks)
      .filter(task => String(task.room) === room)
      .map(thaw)
  }
}

/**
 * @param {Tools} tools
 * @param {number} documents
 */
async function fork(tools, documents) {
  const doc = fill(tools, documents)
  return async () => findIn(tools.library.clone(doc))
}

/**
 * What differs is told of the heads of both in a document that has both, so that they have to be merged first.
 *
 * @param {Tools} tools
 * @param {{ readonly documents: number, readonly differences: number }} parts
 */
async function diff(tools, { documents, differences }) {
  const { library } = tools
  const [doc, copy] = forkAndChange(tools, documents, differences)
  return async () => {
    const both = library.merge(library.clone(doc), copy)
    const patches = library.diff(both, library.getHeads(doc), library.getHeads(copy))
    return [...new Set(patches.map(({ path }) => String(path[1])))]
  }
}

/**
 * @param {Tools} tools
 * @param {{ readonly documents: number, readonly commits: number }} parts
 */
async function merge(tools, { documents, commits }) {
  const [doc, copy] = forkAndChange(tools, documents, commits)
  return async () => findIn(tools.library.merge(doc, copy))
}

/**
 * @param {Tools} tools
 * @param {number} documents
 * @param {number} changes
 */
function forkAndChange(tools, documents, changes) {
  const doc = fill(tools, documents)
  let copy = tools.library.clone(doc)
  for (let commit = 1; commit <= changes; commit++) copy = change(tools, copy, changedTask(commit, documents))
  return /** @type {const} */ ([doc, copy])
}

/**
 * @param {Tools} tools
 * @param {number} documents
 */
function fill({ library, freeze }, documents) {
  const tasks = createTasks(documents).map(task => [task._id, freeze(task)])
  return library.from(/** @type {Tasks} */ ({ tasks: Object.fromEntries(tasks) }))
}

/**
 * @param {Tools} tools
 * @param {Doc} doc
 * @param {Task} task
 */
function change({ library, freeze }, doc, task) {
  return library.change(doc, draft => {
    draft.tasks[task._id] = freeze(task)
  })
}

/** @param {Doc} doc */
function findIn(doc) {
  return async (/** @type {string} */ id) => {
    const task = doc.tasks[id]
    return task && thaw(task)
  }
}

/** @param {Task | undefined} task */
function mustHave(task) {
  if (task === undefined) throw new Error('A version has no document.')
  return thaw(task)
}

/**
 * With strings again, as the others answer.
 *
 * @param {Task} task
 * @returns {Task}
 */
function thaw({ _id, type, room, edits, text }) {
  return {
    _id: String(_id),
    type: /** @type {'task'} */ (String(type)),
    room: String(room),
    edits,
    text: String(text),
  }
}
