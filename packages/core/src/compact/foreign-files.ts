import { DAG_CBOR } from '../codec/block.js'
import { decodeCommit } from '../commits/commit.js'
import { FirekeepError } from '../errors.js'
import type { StateRecords } from '../packs/state-records.js'
import { toBase32 } from '../primitives/bytes.js'

type ForeignRecords = Pick<StateRecords, 'readForeignSnapshots' | 'foreignCommitKeys' | 'readCommits'>

const UNREADABLE: ReadonlySet<string> = new Set([
  'CORRUPT',
  'INVALID_COMMIT',
  'WRONG_KEY',
  'UNSUPPORTED_FORMAT',
])

/** The file packs that the other databases of a storage name. What was read of commit records is not read again. */
export class ForeignFiles {
  readonly #records: ForeignRecords
  readonly #namesByRecord = new Map<string, readonly string[]>()

  constructor(records: ForeignRecords) {
    this.#records = records
  }

  /** As of the last listing of the records; `undefined` where one cannot be read, as it may name anything. */
  async read(): Promise<ReadonlySet<string> | undefined> {
    try {
      return await this.#read()
    } catch (error) {
      if (error instanceof FirekeepError && UNREADABLE.has(error.code)) return undefined
      throw error
    }
  }

  async #read(): Promise<Set<string>> {
    const names = new Set<string>()
    for (const { files = [] } of await this.#records.readForeignSnapshots()) {
      for (const digest of files) names.add(toBase32(digest))
    }
    for (const key of this.#records.foreignCommitKeys) {
      for (const name of await this.#namesIn(key)) names.add(name)
    }
    return names
  }

  async #namesIn(record: string): Promise<readonly string[]> {
    const known = this.#namesByRecord.get(record)
    if (known !== undefined) return known
    const blocks = (await this.#records.readCommits(record)) ?? []
    const commits = blocks.filter(({ cid }) => cid.code === DAG_CBOR)
    const names = commits.flatMap(block => [...namesOf(decodeCommit(block).ops)])
    this.#namesByRecord.set(record, names)
    return names
  }
}

/** The file packs that operations name. */
export function* namesOf(ops: readonly { readonly files?: readonly Uint8Array[] }[]): Generator<string> {
  for (const { files = [] } of ops) for (const digest of files) yield toBase32(digest)
}
