import { createHash } from 'node:crypto'
import { advanceLogHash, EMPTY_LOG_HASH, FirekeepError } from '@firekeep/core/protocol'
import { digestToName } from '../blobs/blob-name.js'
import type { Engine } from '../engines/engine.js'

/** What a look at all data found. */
export interface CheckReport {
  readonly databases: number
  readonly entries: number
  readonly blobs: number
  /** A sentence for each fault, the first hundred of them. */
  readonly faults: readonly string[]
}

const PAGE = { limit: 1000, bytes: 8 * 1024 * 1024 }
const MOST_FAULTS = 100

/** Reads everything an engine keeps, and checks digests, running hashes and blobs. Writes nothing; may run any time. */
export async function checkData(engine: Engine): Promise<CheckReport> {
  const report = { databases: 0, entries: 0, blobs: 0, faults: [] as string[] }
  await engine.check()
  for await (const id of engine.log.list()) {
    report.databases += 1
    try {
      report.entries += await checkLog(engine, id, report.faults)
      report.blobs += await checkBlobs(engine, id, report.faults)
    } catch (error) {
      // It may be deleted while we look.
      if (!(error instanceof FirekeepError && error.code === 'GONE'))
        addFault(report.faults, id, String(error))
    }
  }
  return report
}

async function checkLog({ log }: Engine, id: string, faults: string[]): Promise<number> {
  let hash: Uint8Array = EMPTY_LOG_HASH
  let seq = 0
  while (true) {
    const { before, entries, head } = await log.read(id, seq, PAGE)
    if (before === undefined || !isEqual(before, hash)) {
      addFault(faults, id, `the running hash after entry ${seq} is wrong`)
      return seq
    }
    for (const entry of entries) {
      if (entry.seq !== seq + 1) addFault(faults, id, `entry ${seq + 1} is missing`)
      if (!entry.isRedacted && !isEqual(sha256(entry.pack), entry.digest)) {
        addFault(faults, id, `entry ${entry.seq} is damaged`)
      }
      seq = entry.seq
      hash = advanceLogHash(hash, entry.digest)
    }
    if (entries.length > 0) continue
    if (head.seq < seq || (head.seq === seq && !isEqual(head.hash, hash)))
      addFault(faults, id, 'its end is wrong')
    return seq
  }
}

async function checkBlobs({ log, blobs }: Engine, id: string, faults: string[]): Promise<number> {
  for (const name of await log.referencedBlobs(id)) {
    if (!(await blobs.has(id, name))) addFault(faults, id, `blob ${name} is missing`)
  }
  let count = 0
  for await (const { name } of blobs.list(id)) {
    count += 1
    const content = await blobs.get(id, name)
    if (content === undefined) continue
    const hash = createHash('sha256')
    for await (const chunk of content.stream) hash.update(chunk)
    if (digestToName(hash.digest()) !== name) addFault(faults, id, `blob ${name} is damaged`)
  }
  return count
}

function addFault(faults: string[], id: string, sentence: string): void {
  if (faults.length < MOST_FAULTS) faults.push(`database ${id}: ${sentence}`)
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
