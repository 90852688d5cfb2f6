import { assertDocumentId } from '../../codec/document-id.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import { copyFilePack } from '../../files/copy-file-pack.js'
import { type CopiedCommits, type CopyCommitsParts, copyCommits } from '../../fork/copy-commits.js'
import { readAsOf } from '../../query/as-of.js'
import { CheckedOptions } from '../../query/checked-options.js'
import { invalidOption } from '../../query/invalid-option.js'
import type { Engine } from '../engine.js'
import { engineOf } from '../engine-of.js'
import { openFilePacks } from '../files/open-file-packs.js'
import type { MergeResult } from './fork-types.js'
import { pickDocuments } from './pick-documents.js'

/** Brings commits of another database of the lineage here, all of them; or, of any database, documents. */
export async function mergeDatabases(engine: Engine, other: unknown, options: unknown): Promise<MergeResult> {
  const { only, asOf } = readMergeOptions(options)
  const source = engineOf(other)
  await engine.writableView()
  if (only !== undefined) return pickDocuments(engine, { engine: source, asOf }, only)
  await assertSameLineage(engine, source)
  const { ledger } = await engine.open()
  const copied: CopiedCommits = { commits: 0, ids: new Set() }
  const parts = { ledger, copied, bringFiles: await fileBringer(engine, source) }
  try {
    await copyCommits({ ...parts, theirs: await source.view() })
  } catch (error) {
    if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
    // Another tab dropped a pack of one of both (L6): what came over is here already.
    await Promise.all([ledger.refresh(), (await source.open()).ledger.refresh()])
    await copyCommits({ ...parts, theirs: await source.view() })
  }
  const { commits, ids } = copied
  return { clock: (await engine.view()).clock, commits, ids: [...ids].sort() }
}

/** Of databases that share a storage nothing is to be copied: they share their file packs. */
async function fileBringer(engine: Engine, source: Engine): Promise<CopyCommitsParts['bringFiles']> {
  const openPacks = async (each: Engine) => openFilePacks(await each.mustGetStore(), each.environment)
  const [to, from] = await Promise.all([openPacks(engine), openPacks(source)])
  return async names => {
    for (const name of names) await copyFilePack({ from, to }, name)
  }
}

function readMergeOptions(options: unknown) {
  const given = new CheckedOptions(options, ['only', 'asOf'])
  const [only, asOf] = [given.get('only'), readAsOf(options)]
  if (only === undefined) {
    if (asOf !== undefined)
      throw invalidOption('asOf', 'goes with `only`: commits come over all or not at all')
    return { only, asOf }
  }
  if (!Array.isArray(only)) throw invalidOption('only', 'is an array of ids of documents')
  for (const id of only) assertDocumentId(id)
  return { only: [...only] as readonly string[], asOf }
}

async function assertSameLineage(engine: Engine, source: Engine): Promise<void> {
  const [mine, theirs] = await Promise.all([engine.mustGetStore(), source.mustGetStore()])
  if (mine.secrets.lineageId === theirs.secrets.lineageId) return
  const [name, other] = [JSON.stringify(engine.name), JSON.stringify(source.name)]
  throw new FirekeepError(
    'DATABASE_MISMATCH',
    `${other} is no fork or replica of ${name}, so its history has no place in it: pick documents with the option \`only\`, or copy them with exportJson and importJson`,
    { details: { expected: mine.secrets.lineageId, actual: theirs.secrets.lineageId } },
  )
}
