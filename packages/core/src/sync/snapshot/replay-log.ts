import { type CidKey, cidToKey } from '../../codec/cid.js'
import { equalBytes } from '../../primitives/bytes.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import { advanceLogHash } from '../../protocol/log-hash.js'
import type { LogPosition, RemoteLog } from '../../protocol/remote.js'
import type { View } from '../../state/view.js'
import { START } from '../cursor.js'
import { type LogChecks, LogOpener, type OpenedEntry } from '../log-opener.js'
import { LogReader, ROLLED_BACK } from '../log-reader.js'
import { findFresh } from '../take-in.js'
import type { SnapshotClaim } from './pointer.js'
import type { Scratch } from './scratch.js'

export interface ReplayParts {
  readonly log: RemoteLog
  /** The checks of entries: those of an exchange. */
  readonly logChecks: LogChecks
  readonly scratch: Scratch
  readonly signal: AbortSignal
  /** Hears how many entries were read. */
  readonly onRead?: ((seq: number) => void) | undefined
}

/** Commits are folded when there are so many, or so many bytes of them, so that memory is bounded. */
const FOLD_COMMITS = 1000
const FOLD_BYTES = 4 * 1024 * 1024

/** Takes in all of a log up to a place. Answers `false` where the log does not, or not any more, go through it. */
export async function replayTo(place: LogPosition, parts: ReplayParts): Promise<boolean> {
  let { seq, hash }: LogPosition = START
  for await (const opened of readFrom(START, parts)) {
    const within = opened.filter(({ entry }) => entry.seq <= place.seq)
    await takeIn(within, parts)
    for (const { entry } of within) hash = advanceLogHash(hash, entry.digest)
    seq += within.length
    parts.onRead?.(seq)
    if (seq === place.seq) break
  }
  await parts.scratch.compact(parts.signal)
  return seq === place.seq && equalBytes(hash, place.hash)
}

/**
 * Takes in, of what stands behind a place, the heads of a claim and what they build on: a snapshot may hold commits
 * that came into the log later than those of others which it does not hold. Answers whether all of it is in the log.
 */
export async function replayHeads({ seq, hash, heads }: SnapshotClaim, parts: ReplayParts): Promise<boolean> {
  const place = { seq, hash }
  const wanted = await findBehind(place, heads.map(cidToKey), parts)
  if (wanted === undefined) return false
  for await (const opened of readFrom(place, parts)) {
    if (wanted.size === 0) break
    await takeIn(opened, parts, wanted)
  }
  await parts.scratch.compact(parts.signal)
  return wanted.size === 0
}

/** The commits behind a place that these are or build on; `undefined` where one is not in the log. */
async function findBehind(
  place: LogPosition,
  keys: readonly CidKey[],
  parts: ReplayParts,
): Promise<Set<CidKey> | undefined> {
  const { view } = parts.scratch.ledger
  // Parents that are here already are left out, so that whoever reaches none is complete.
  const parentsByKey = new Map<CidKey, readonly CidKey[]>()
  const isHere = (key: CidKey) => view.heads.some(head => head.key === key)
  const open = keys.filter(key => !isHere(key))
  if (open.length === 0) return new Set()
  for await (const opened of readFrom(place, parts)) {
    for (const { commit } of opened.flatMap(({ batch }) => batch.commits)) {
      const nodes = await Promise.all(commit.parents.map(cid => view.find(cid)))
      const behind = commit.parents.filter((_, i) => nodes[i] === undefined)
      parentsByKey.set(commit.key, behind.map(cidToKey))
    }
    const found = closureOf(open, parentsByKey)
    if (found !== undefined) return found
  }
  return undefined
}

function closureOf(
  keys: readonly CidKey[],
  parentsByKey: ReadonlyMap<CidKey, readonly CidKey[]>,
): Set<CidKey> | undefined {
  const found = new Set<CidKey>()
  const open = [...keys]
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue
    const parents = parentsByKey.get(key)
    if (parents === undefined) return undefined
    found.add(key)
    open.push(...parents)
  }
  return found
}

async function* readFrom(place: LogPosition, parts: ReplayParts): AsyncGenerator<readonly OpenedEntry[]> {
  const { log, logChecks, signal } = parts
  const reader = new LogReader({ log, opener: new LogOpener(logChecks), signal }, place)
  for (;;) {
    throwIfAborted(signal)
    const step = await reader.next()
    if (step === undefined || step === ROLLED_BACK) return
    yield step.opened
  }
}

/** With `only`, takes in just these, and removes them from it. */
async function takeIn(
  opened: readonly OpenedEntry[],
  { scratch, signal }: ReplayParts,
  only?: Set<CidKey>,
): Promise<void> {
  const chosen = only === undefined ? opened : opened.map(entry => choose(entry, only))
  await scratch.ledger.exclusive(async writer => {
    const { fresh } = await findFresh(chosen, writer.view)
    if (fresh.blocks.length > 0) await writer.append(fresh)
  })
  if (isFull(scratch.ledger.view)) await scratch.compact(signal)
}

function choose(opened: OpenedEntry, only: Set<CidKey>): OpenedEntry {
  const commits = opened.batch.commits.filter(({ commit }) => only.delete(commit.key))
  const keys = new Set(
    commits.flatMap(({ commit }) => [
      commit.key,
      ...commit.ops.flatMap(({ body }) => (body === null ? [] : [cidToKey(body)])),
    ]),
  )
  const blocks = opened.batch.blocks.filter(({ cid }) => keys.has(cidToKey(cid)))
  return { ...opened, batch: { blocks, commits } }
}

function isFull({ commits, recentBytes }: View): boolean {
  return commits.size >= FOLD_COMMITS || recentBytes >= FOLD_BYTES
}
