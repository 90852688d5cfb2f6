import type { Block } from '../codec/block.js'
import { decodeCar, encodeCar } from '../codec/car.js'
import { type CidKey, cidToKey } from '../codec/cid.js'
import type { Sealer } from '../crypto/seal.js'
import { bytesToBinary, concatBytes } from '../primitives/bytes.js'
import type { LogEntry, RemoteLog } from '../protocol/remote.js'
import { type LogPack, openLogPack, sealReplacement } from './log-pack.js'

export interface RedactionParts {
  readonly log: RemoteLog
  readonly sealer: Sealer
  readonly compress: boolean
  readonly random: (length: number) => Uint8Array
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
    const content = concatBytes(...group.map(({ pack }) => pack.content))
    const blocks = readBlocks(content)
    const kept = blocks.filter(({ cid }) => !bodies.has(cidToKey(cid)))
    if (kept.length < blocks.length) await replace(group, encodeCar([], kept), parts)
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

/** As many packs as there were, so that each entry has one. */
async function replace(group: Group, content: Uint8Array, parts: RedactionParts): Promise<void> {
  const { log, random, signal } = parts
  const id = random(16)
  const length = Math.ceil(content.length / group.length)
  for (const [index, { entry, pack }] of group.entries()) {
    const part = group.length === 1 ? {} : { part: { id, index, count: group.length } }
    const header = { witness: pack.witness, replaces: entry.digest, ...part }
    const slice = content.subarray(index * length, (index + 1) * length)
    const replacement = await sealReplacement(slice, header, parts)
    await log.redact(entry.seq, replacement, signal)
  }
}
