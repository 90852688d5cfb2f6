import { type CID, type CidKey, cidToKey } from '../../codec/cid.js'
import type { FilePackPlace } from '../../codec/file-info.js'
import { type CommitNode, findMissing } from '../../commits/ancestry.js'
import type { CompactOptions, CompactReport } from '../../compact/compactor.js'
import { prunableBodies } from '../../compact/prunable-bodies.js'
import { hasErrorCode } from '../../errors.js'
import { commitBlocks, type ListParts, listCommits, type ReadView } from '../../exchange/list-commits.js'
import { writeArchive } from '../../exchange/write-archive.js'
import { throwIfAborted } from '../../primitives/throw-if-aborted.js'
import type { Engine } from '../engine.js'
import type { OpenFiles } from '../files/open-files.js'
import { mustBeWhole } from '../files/whole-packs.js'
import { parseBound } from '../prune.js'
import type { ByteSink } from './exchange-types.js'
import { sealArchive } from './export-archive.js'
import { filePacksIn, NamedFiles } from './named-files.js'

export interface ArchiveRequest extends CompactOptions {
  readonly archive: ByteSink
  /** A clock or a date; `undefined`: all that is superseded now. */
  readonly before: unknown
}

/**
 * Erases the contents of versions that were superseded up to a bound, once the sink has them all. Attachments of them that
 * are not here are fetched first. What cannot be handed out is not erased; nor is anything, where the sink rejects.
 */
export async function archiveAndPrune(
  engine: Engine,
  { archive, before, ...options }: ArchiveRequest,
): Promise<CompactReport> {
  const view = await engine.view()
  const boundIn = parseBound(before ?? view.clock)
  const read: ReadView = run => engine.read(run)
  const contents = new Map(await read(async view => prunableBodies(view, await boundIn(view))))
  const nodes = await read(view => findMissing(view.heads, [], ref => view.nodeOf(ref)))
  const parts = { read, isWanted: (body: CID) => contents.has(cidToKey(body)) }
  const store = await engine.mustGetStore()
  const open = await engine.files.open()
  for (const body of await withoutFiles(nodes, { ...parts, open }, options.signal)) contents.delete(body)
  const archived = await commitsWith(nodes, parts, options.signal)
  const files = new NamedFiles()
  const bytes = writeArchive(
    {
      kind: 'contents',
      heads: view.heads.map(({ cid }) => cid),
      commits: archived.length,
      groups: listCommits(archived, { ...parts, onFiles: files.add }),
      files: files.blocks(open, options.signal),
    },
    { secrets: store.secrets, signal: options.signal },
  )
  for await (const chunk of sealArchive(store.secrets, bytes)) await archive(chunk)
  const { compactor } = await engine.open()
  return compactor.erase(async view => {
    // What became prunable meanwhile was not handed out, and what is no more is kept.
    const now = await prunableBodies(view, await boundIn(view))
    return new Map([...now].filter(([key]) => contents.has(key)))
  }, options)
}

/** The wanted contents with an attachment that is not to be had now, whole; each of the others is here then. */
async function withoutFiles(
  nodes: readonly CommitNode[],
  { open, ...parts }: ListParts & { readonly open: OpenFiles },
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<CidKey>> {
  const isWholeByPack = new Map<string, boolean>()
  const lacking = new Set<CidKey>()
  for (const node of nodes) {
    const named: { readonly id: string; readonly body: Uint8Array }[] = []
    const blocks = await commitBlocks(node, {
      ...parts,
      onFiles: (id, body) => void named.push({ id, body }),
    })
    for (const { id, body } of named) {
      for (const pack of filePacksIn(id, body)) {
        const isWhole = isWholeByPack.get(pack.name) ?? (await isToBeHad(open, pack, signal))
        isWholeByPack.set(pack.name, isWhole)
        const block = blocks.find(({ bytes }) => bytes === body)
        if (!isWhole && block !== undefined) lacking.add(cidToKey(block.cid))
      }
    }
  }
  return lacking
}

async function isToBeHad(
  open: OpenFiles,
  pack: FilePackPlace,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  throwIfAborted(signal)
  try {
    await mustBeWhole(open, pack, signal)
    return true
  } catch (error) {
    if (hasErrorCode(error, 'ABORTED') || hasErrorCode(error, 'CLOSED')) throw error
    return false
  }
}

/** The commits that have a wanted content here. */
async function commitsWith(
  nodes: readonly CommitNode[],
  parts: ListParts,
  signal: AbortSignal | undefined,
): Promise<CommitNode[]> {
  const found: CommitNode[] = []
  for (const node of nodes) {
    throwIfAborted(signal)
    if ((await commitBlocks(node, parts)).length > 1) found.push(node)
  }
  return found
}
