import { firekeepOptions } from '../../contenders/firekeep-options.mjs'
import { createTask, roomOf } from '../../task.mjs'
import { changedTask } from '../changed-task.mjs'
import { createTasks } from '../create-tasks.mjs'
import { FirekeepHandles } from './firekeep-handles.mjs'

/** @typedef {import('./history-contender.js').HistorySession} HistorySession */

const CALL = 10_000
const VERSIONS = 10

/**
 * Signed, sealed commits; compacts by itself after every 100 of them. What is timed begins in a database that was
 * opened anew, and of which a document was read.
 *
 * @type {import('./history-contender.js').HistoryContender}
 */
export const firekeep = {
  id: 'firekeep',
  label: 'Firekeep',
  environments: ['node', 'chromium'],
  operations: ['listVersions', 'queryPast', 'fork', 'diff', 'merge', 'verify', 'file'],
  async load() {
    const { firekeep: openDatabase } = await import('@firekeep/core')
    return async place => {
      const handles = new FirekeepHandles(name => openDatabase(name, firekeepOptions(place)))
      return { ...createOperations(handles), close: () => handles.close() }
    }
  },
}

/**
 * @param {FirekeepHandles} handles
 * @returns {Omit<HistorySession, 'close'>}
 */
function createOperations(handles) {
  return {
    listVersions: versions => listVersions(handles, versions),
    queryPast: parts => queryPast(handles, parts),
    fork: documents => fork(handles, documents),
    diff: parts => diff(handles, parts),
    merge: parts => merge(handles, parts),
    verify: commits => verify(handles, commits),
    file: bytes => file(handles, bytes),
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {number} versions
 */
async function listVersions(handles, versions) {
  const filling = handles.open('bench')
  for (let edits = 1; edits <= versions; edits++) await filling.put(createTask(0, edits))
  const db = await handles.reopen(filling)
  return async () => {
    const found = await db.history(createTask(0)._id).toArray()
    return found.map(({ doc }) => mustBeWhole(doc))
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {import('./history-contender.js').PastParts} parts
 */
async function queryPast(handles, { documents, commits, moments }) {
  const filling = await fill(handles, documents)
  /** @type {Map<number, import('@firekeep/core').Clock>} */
  const clocks = new Map()
  for (let commit = 1; commit <= commits; commit++) {
    const { clock } = await filling.put(changedTask(commit, documents))
    if (moments.includes(commit)) clocks.set(commit, clock)
  }
  // As somebody has it who looks at the present before the past: the index is there, and open.
  await filling.query('room', { key: roomOf(0) })
  const db = await handles.reopen(filling)
  await db.query('room', { key: roomOf(0) })
  return async (/** @type {number} */ moment, /** @type {string} */ room) => {
    const asOf = clocks.get(moment)
    if (asOf === undefined) throw new Error(`Moment ${moment} was not announced.`)
    return (await db.query('room', { key: room, asOf })).docs
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {number} documents
 */
async function fork(handles, documents) {
  const db = await handles.reopen(await fillCompacted(handles, documents))
  let count = 0
  return async () => {
    count += 1
    const copy = handles.keep(await db.fork(`fork-${count}`))
    return (/** @type {string} */ id) => copy.find(id)
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {{ readonly documents: number, readonly differences: number }} parts
 */
async function diff(handles, { documents, differences }) {
  const [db, copy] = await forkAndChange(handles, documents, differences)
  return async () => (await db.diff(copy).toArray()).map(({ id }) => id)
}

/**
 * @param {FirekeepHandles} handles
 * @param {{ readonly documents: number, readonly commits: number }} parts
 */
async function merge(handles, { documents, commits }) {
  const [db, copy] = await forkAndChange(handles, documents, commits)
  return async () => {
    const merged = await db.mergeFrom(copy)
    if (merged.commits !== commits) throw new Error(`${merged.commits} commits were merged.`)
    return (/** @type {string} */ id) => db.find(id)
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {number} commits
 */
async function verify(handles, commits) {
  const filling = handles.open('bench')
  // Puts that are issued at once would be one commit, were they of several documents.
  for (let number = 0; number < commits / VERSIONS; number++) {
    const versions = Array.from({ length: VERSIONS }, (_, edits) => filling.put(createTask(number, edits)))
    await Promise.all(versions)
  }
  const db = await handles.reopen(filling)
  return async () => {
    const report = await db.verify()
    if (!report.isSound) throw new Error(`${report.findings.length} findings in a sound history.`)
    return report.commits
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function file(handles, bytes) {
  const filling = await fill(handles, 1)
  const blob = new Blob([bytes], { type: 'application/octet-stream' })
  let db = filling
  return {
    async store() {
      await db.put({ ...createTask(1), _files: { content: blob } })
    },
    async load() {
      if (db === filling) db = await handles.reopen(filling)
      const { _files } = await db.get(createTask(1)._id)
      let length = 0
      for await (const piece of _files?.content?.stream() ?? []) length += piece.length
      return length
    },
  }
}

/**
 * @param {FirekeepHandles} handles
 * @param {number} documents
 * @param {number} changes
 */
async function forkAndChange(handles, documents, changes) {
  const db = await fillCompacted(handles, documents)
  const copy = handles.keep(await db.fork('fork'))
  for (let commit = 1; commit <= changes; commit++) await copy.put(changedTask(commit, documents))
  return /** @type {const} */ ([await handles.reopen(db), await handles.reopen(copy)])
}

/**
 * @param {FirekeepHandles} handles
 * @param {number} documents
 */
async function fillCompacted(handles, documents) {
  const db = await fill(handles, documents)
  await db.compact()
  return db
}

/**
 * @param {FirekeepHandles} handles
 * @param {number} documents
 */
async function fill(handles, documents) {
  const db = handles.open('bench')
  const tasks = createTasks(documents)
  for (let i = 0; i < documents; i += CALL) await db.bulk(tasks.slice(i, i + CALL))
  return db
}

/** @param {import('@firekeep/core').Changed<import('../../task.mjs').Task> | undefined} doc */
function mustBeWhole(doc) {
  if (doc === undefined || '_deleted' in doc) throw new Error('A version has no content.')
  return doc
}
