import { type CID, type CidKey, cidToKey } from '../../codec/cid.js'
import { findMissing } from '../../commits/ancestry.js'
import { bodiesPurgedBy } from '../../compact/erased-bodies.js'
import { createGrantVerifier } from '../../crypto/identity.js'
import { createSealer } from '../../crypto/seal.js'
import { readByteSource } from '../../exchange/byte-source.js'
import { openArchive } from '../../exchange/open-archive.js'
import { otherDatabase } from '../../exchange/other-database.js'
import { readArchive } from '../../exchange/read-archive.js'
import { restoreContents } from '../../exchange/restore-contents.js'
import { Spool } from '../../exchange/spool.js'
import {
  type LackingContent,
  missingContents,
  spooledCommits,
  takeInArchive,
  toSpooled,
} from '../../exchange/take-in-archive.js'
import type { LedgerStore } from '../../ledger/ledger.js'
import type { PlacedCommit } from '../../state/snapshot.js'
import type { View } from '../../state/view.js'
import type { Engine } from '../engine.js'
import { openFilePacks } from '../files/open-file-packs.js'
import type { ImportReport } from './exchange-types.js'
import { TakenFiles } from './taken-files.js'

export interface ImportRequest {
  readonly signal: AbortSignal | undefined
  readonly onProgress: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** Contents that come back are stored in packs of about this size. */
const PACK_BYTES = 4 * 1024 * 1024

/** Reads all of an archive and checks it; then takes in what is new, and contents that were erased here. */
export async function importArchive(
  engine: Engine,
  source: unknown,
  request: ImportRequest,
): Promise<ImportReport> {
  const core = await engine.open()
  // Nothing that is made now can be the database of the archive.
  if (core.ledger.store === undefined && !core.hasKey) throw otherDatabase(undefined, undefined)
  const store = await engine.mustGetStore()
  const { contentKey, lineage } = store.secrets
  const { now, random } = engine.environment
  const sealer = await createSealer({ contentKey, lineage, kind: 'record' })
  const spool = await Spool.open({ storage: store.storage, sealer, random, now })
  const files = new TakenFiles(await openFilePacks(store, engine.environment))
  try {
    await spoolArchive(engine, source, { store, spool, files, request })
    // Bytes first: who is interrupted has files that no document names, and no document that lacks its files.
    await files.publish()
    const { fresh, lacksContents } = await takeInArchive(spool, core.ledger, run => engine.read(run))
    const restored = lacksContents ? await restore(engine, spool) : 0
    const { clock } = await engine.view()
    const { damaged } = files
    return { clock, commits: fresh, restored, ...(damaged.length > 0 && { damagedFiles: damaged }) }
  } finally {
    await files.discard()
    await spool.close()
  }
}

interface SpoolRequest {
  readonly store: LedgerStore
  readonly spool: Spool
  readonly files: TakenFiles
  readonly request: ImportRequest
}

async function spoolArchive(
  engine: Engine,
  source: unknown,
  { store, spool, files, request }: SpoolRequest,
): Promise<void> {
  const { secrets } = store
  const { contentKey, lineage, lineageId, writePublicKey } = secrets
  const sealer = await createSealer({ contentKey, lineage, kind: 'export' })
  const archive = openArchive(readByteSource(source), sealer, lineageId)
  const checks = {
    ...request,
    secrets,
    lineage,
    verifyGrant: createGrantVerifier(writePublicKey, lineage),
    isKnown: async (ref: { readonly key: CidKey; readonly height: number }) =>
      (await engine.read(view => view.nodeOf(ref))) !== undefined,
    files,
  }
  for await (const commits of readArchive(archive, checks)) {
    if (commits.length > 0) await spool.add(toSpooled(commits))
  }
}

/** Gives commits of the history back the contents that they lack here, but for those that were purged. */
async function restore(engine: Engine, spool: Spool): Promise<number> {
  const { ledger, compactor, compress } = await engine.open()
  const parts = { ledger, compress, fold: () => compactor.compact(), purged: purgedContents() }
  const seen = new Set<CidKey>()
  let restored = 0
  let pack: LackingContent[] = []
  let bytes = 0
  for await (const { commits } of spooledCommits(spool)) {
    for (const block of await engine.read(view => missingContents(commits, view))) {
      const key = cidToKey(block.cid)
      if (seen.has(key)) continue
      seen.add(key)
      pack.push(block)
      bytes += block.bytes.length
    }
    if (bytes < PACK_BYTES) continue
    restored += await restoreContents(pack, parts)
    pack = []
    bytes = 0
  }
  return pack.length > 0 ? restored + (await restoreContents(pack, parts)) : restored
}

/** The contents that any purging commit of a history erased; found once as long as the history is the same. */
function purgedContents(): (view: View) => Promise<ReadonlyMap<CidKey, CID>> {
  let known: { readonly clock: string; readonly contents: ReadonlyMap<CidKey, CID> } | undefined
  return async view => {
    const clock = view.clock.join()
    if (known?.clock !== clock) known = { clock, contents: await findPurged(view) }
    return known.contents
  }
}

async function findPurged(view: View): Promise<ReadonlyMap<CidKey, CID>> {
  const purging: PlacedCommit[] = []
  for (const node of await findMissing(view.heads, [], ref => view.nodeOf(ref))) {
    const found = view.commitOf(node)
    const commit = found instanceof Promise ? await found : found
    if (commit.ops.some(op => op.purge)) purging.push({ node, commit })
  }
  return bodiesPurgedBy(view, purging)
}
