import type { Block } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import { hasErrorCode } from '../errors.js'
import { bytesToBinary, concatBytes } from '../primitives/bytes.js'
import { BLOBS_LISTED } from '../protocol/limits.js'
import type { LogEntry, RemoteLog } from '../protocol/remote.js'
import { type LogPack, type LogPackWriter, openLogPack, sealLogPacks, sealReplacement } from './log-pack.js'
import { namedFiles } from './named-files.js'

export interface RedactionParts extends LogPackWriter {
  readonly log: RemoteLog
  readonly signal: AbortSignal
}

/** Entries whose contents belong together, in their order. */
type Group = readonly { readonly entry: LogEntry; readonly pack: LogPack }[]

/**
 * Takes contents out of a remote's log, up to an entry: each pack that has one is replaced by one of the same commits
 * without it. Reads the log from its start, as only the packs tell what is in them. Idempotent.
 */
export async function redactBodies(
  bodies: ReadonlySet<CidKey>,
  until: number,
  parts: RedactionParts,
): Promise<void> {
  for await (const group of readGroups(until, parts)) {
    // Somebody was interrupted, or is at it: what is kept of it was appended.
    if (group.length > 1 && group.some(({ entry }) => entry.isRedacted)) {
      await empty(group, parts)
      continue
    }
    const content = concatBytes(...group.map(({ pack }) => pack.content))
    const blocks = readBlocks(content)
    const kept = blocks.filter(({ cid }) => !bodies.has(cidToKey(cid)))
    if (kept.length < blocks.length) await replace(group, kept, parts)
  }
}

/** What is damaged stays as it is: nobody takes anything of it in. */
function readBlocks(content: Uint8Array): readonly Block[] {
  try {
    return decodeCar(content).blocks
  } catch {
    return []
  }
}

/** The contents of the log: single entries, and those that were cut into several. What cannot be opened is passed over. */
async function* readGroups(until: number, { log, sealer, signal }: RedactionParts): AsyncGenerator<Group> {
  const heldById = new Map<string, (Group[number] | undefined)[]>()
  for (let after = 0; after < until; ) {
    const { entries } = await log.read(after, { signal })
    if (entries.length === 0) return
    for (const entry of entries) {
      after = entry.seq
      const pack = await openLogPack(entry.pack, sealer).catch(() => undefined)
      if (pack === undefined) continue
      const { part } = pack
      if (part === undefined) {
        yield [{ entry, pack }]
        continue
      }
      const id = bytesToBinary(part.id)
      const held = heldById.get(id) ?? Array.from({ length: part.count })
      held[part.index] = { entry, pack }
      heldById.set(id, held)
      if (held.includes(undefined)) continue
      heldById.delete(id)
      yield held as Group
    }
  }
}

/**
 * One entry is replaced. Entries that belong together cannot be, in one step: what is kept of them is appended first,
 * which is legal however often it is done, and then each is emptied.
 */
async function replace(group: Group, blocks: readonly Block[], parts: RedactionParts): Promise<void> {
  const content = encodeCar([], blocks)
  const [only, second] = group
  if (only !== undefined && second === undefined) return put(only, content, parts)
  const [{ pack }] = group as [Group[number]]
  for (const kept of await sealLogPacks(content, pack.witness, parts)) {
    await append(kept, namedFiles(blocks), parts)
  }
  await empty(group, parts)
}

/** Files that are gone do not keep what was purged from being taken out. */
async function append(pack: Uint8Array, files: readonly string[], parts: RedactionParts): Promise<void> {
  const { log, signal } = parts
  try {
    await log.append(pack, { blobs: files.slice(0, BLOBS_LISTED), signal })
  } catch (error) {
    if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
    await log.append(pack, { signal })
  }
}

/** Joined, what is left is a CAR without blocks. */
async function empty(group: Group, parts: RedactionParts): Promise<void> {
  for (const each of group) {
    if (each.entry.isRedacted) continue
    await put(each, each.pack.part?.index === 0 ? encodeCar([], []) : new Uint8Array(0), parts)
  }
}

async function put(
  { entry, pack }: Group[number],
  content: Uint8Array,
  parts: RedactionParts,
): Promise<void> {
  const { witness, part } = pack
  const header = { witness, replaces: entry.digest, ...(part !== undefined && { part }) }
  await parts.log.redact(entry.seq, await sealReplacement(content, header, parts), parts.signal)
}
