import type { Origin } from '../../commits/commit.js'
import { FirekeepError } from '../../errors.js'
import type { DocumentDraft } from '../../ledger/document-draft.js'
import type { WrittenDocument } from '../../ledger/document-writer.js'
import { toRequest } from '../../ledger/to-request.js'
import { differingFields } from '../../primitives/differing-fields.js'
import type { Leaf } from '../../state/leaf.js'
import type { StoredDocument } from '../../state/stored-document.js'
import type { View } from '../../state/view.js'
import type { Clock } from '../document-types.js'
import type { Engine } from '../engine.js'
import { hasNoDraft, withStagedFiles } from '../files/staged-files.js'
import type { MergeResult } from './fork-types.js'

/** A database that documents are picked from, now or as it was. */
export interface PickSource {
  readonly engine: Engine
  readonly asOf?: readonly string[] | undefined
}

/** A commit takes so many documents, or bytes of them. */
const COMMIT_DOCUMENTS = 1000
const COMMIT_BYTES = 4 * 1024 * 1024

/**
 * Writes documents as they are shown elsewhere, by new commits that supersede what is shown here and name where each
 * comes from. One that is shown here just so is left out; one that is deleted there is deleted.
 *
 * `NOT_FOUND` where one never was there, before anything is written.
 */
export async function pickDocuments(
  target: Engine,
  source: PickSource,
  ids: readonly string[],
): Promise<MergeResult> {
  const wanted = [...new Set(ids)]
  await assertAllThere(source, wanted)
  let clock = (await target.writableView()).clock
  const picked: string[] = []
  let commits = 0
  let group: Picked[] = []
  let size = 0
  const flush = async () => {
    if (group.length === 0) return
    clock = await write(target, group)
    commits += 1
    picked.push(...group.map(({ prepared }) => prepared.id))
    group = []
    size = 0
  }
  for (const id of wanted) {
    const each = await pick(target, source, id)
    if (each === undefined) continue
    group.push(each)
    size += each.size
    if (group.length >= COMMIT_DOCUMENTS || size >= COMMIT_BYTES) await flush()
  }
  await flush()
  return { clock, commits, ids: picked }
}

/** One commit; attachments that are not stored here are, before it. */
function write(target: Engine, group: readonly Picked[]): Promise<Clock> {
  const originById = new Map(group.map(({ prepared, origin }) => [prepared.id, origin]))
  const withOrigin = (each: WrittenDocument): WrittenDocument => {
    const origin = originById.get(each.id)
    return origin === undefined ? each : { ...each, op: { ...each.op, origin } }
  }
  const prepared = group.map(each => each.prepared)
  if (hasNoDraft(prepared)) return target.queue.write(toRequest(prepared.map(withOrigin)))
  return withStagedFiles(target, store =>
    target.queue.writePrepared(async () => {
      await target.mustGetStore()
      return toRequest((await store(prepared)).map(withOrigin))
    }),
  )
}

interface Picked {
  readonly prepared: WrittenDocument | DocumentDraft
  /** None of a deletion. */
  readonly origin: Origin | undefined
  readonly size: number
}

async function assertAllThere({ engine, asOf }: PickSource, ids: readonly string[]): Promise<void> {
  const missing = await engine.readAt(asOf, async view => {
    const missing: string[] = []
    for (const id of ids) if ((await view.entry(id)) === undefined) missing.push(id)
    return missing
  })
  if (missing.length === 0) return
  throw new FirekeepError('NOT_FOUND', `Not found in the other database: ${missing.map(quote).join(', ')}`, {
    details: { ids: missing },
  })
}

/** `undefined` where there is nothing to change. */
async function pick(target: Engine, source: PickSource, id: string): Promise<Picked | undefined> {
  const [theirs, mine] = await Promise.all([readShown(source, id), target.read(view => view.shown(id))])
  if (theirs === undefined)
    return mine && { prepared: { id, op: { id, body: null }, size: 0 }, origin: undefined, size: 0 }
  const { document, origin } = theirs
  if (mine !== undefined && differingFields(mine.shared(), document.shared()).length === 0) return undefined
  const prepared = target.writer.prepare(source.engine.files.copy(document))
  return { prepared, origin, size: document.body.length }
}

/** What a document shows there and the commit that made it so; `undefined` for a deletion. */
function readShown(
  { engine, asOf }: PickSource,
  id: string,
): Promise<{ readonly document: StoredDocument; readonly origin: Origin } | undefined> {
  return Promise.resolve(
    engine.read(async now => {
      const view = asOf === undefined ? now : await engine.viewAt(now, asOf)
      const winner = (await view.entry(id))?.leaves[0]
      const document = winner && (await view.documentOf(id, winner))
      return document && { document, origin: await originOf(now, winner) }
    }),
  )
}

async function originOf(view: View, leaf: Leaf): Promise<Origin> {
  const node = await view.nodeOf(leaf)
  if (node === undefined) throw new FirekeepError('INTERNAL', 'a leaf is in the history')
  const { db, author, cid, sig } = await view.commitOf(node)
  return { db, author, commit: cid, sig }
}

function quote(id: string): string {
  return JSON.stringify(id)
}
