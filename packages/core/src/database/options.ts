import { assertName } from '../codec/name.js'
import { parseKey } from '../crypto/key.js'
import { FirekeepError } from '../errors.js'
import type { StorageSpace } from '../storage/storage.js'

/** How to open a database. All are optional. */
export interface FirekeepOptions {
  /**
   * The secret to use instead of the stored one: the root secret, 32 bytes or their base64url as `exportKey` gives, or
   * the read secret, 64 bytes or their base64url: then every write fails with `READ_ONLY`. It is not stored.
   * `WRONG_KEY` when the database was made with another.
   */
  readonly key?: Uint8Array | string
  /** Where to keep data. Default: IndexedDB where there is one, else files in Node without a DOM, else memory. */
  readonly storage?: 'indexeddb' | 'files' | 'memory' | StorageSpace
  /** The folder for `files`. Default: `FIREKEEP_DIR`, else `firekeep` in the user's data folder. */
  readonly dir?: string
  /** `strict`: IndexedDB too has a write on disk before it is acknowledged. Default `relaxed`; files are always strict. */
  readonly durability?: 'relaxed' | 'strict'
  /**
   * Folds commits into a snapshot, in the background, after more than this many of them (or 4 MiB). `false`: only
   * when `compact` is called. Default 100.
   */
  readonly autoCompact?: number | false
  /** The most bytes of stored pages of documents that are kept in memory, and a quarter of it for each index. Default 32 MiB. */
  readonly cacheBytes?: number
  /** Whether stored pages are compressed before they are sealed; their lengths then say more of them. Default `true`. */
  readonly compress?: boolean
}

export interface ParsedOptions {
  readonly name: string
  readonly key: Uint8Array | undefined
  readonly storage: FirekeepOptions['storage']
  readonly dir: string | undefined
  readonly durability: 'relaxed' | 'strict'
  /** More commits than this are folded; `Infinity` for never. */
  readonly autoCompact: number
  readonly cacheBytes: number
  readonly compress: boolean
}

const KNOWN = new Set(['key', 'storage', 'dir', 'durability', 'autoCompact', 'cacheBytes', 'compress'])
const AUTO_COMPACT = 100
const CACHE_BYTES = 32 * 1024 * 1024

/** Checks options that say where data is. */
export function parsePlace(
  options: Pick<FirekeepOptions, 'storage' | 'dir'> = {},
): Pick<ParsedOptions, 'storage' | 'dir'> {
  return parseOptions('any', options)
}

/** Checks a name and options. `INVALID_OPTION` names what is wrong. */
export function parseOptions(name: unknown, options: FirekeepOptions = {}): ParsedOptions {
  assertName(name)
  if (typeof options !== 'object' || options === null) {
    throw new FirekeepError('INVALID_OPTION', 'the options of a database are an object')
  }
  for (const option of Object.keys(options)) {
    if (!KNOWN.has(option))
      throw invalid(option, `is unknown; there are ${[...KNOWN].map(each => `\`${each}\``).join(', ')}`)
  }
  const { key, storage, dir, durability = 'relaxed' } = options
  if (storage !== undefined && !isStorageChoice(storage)) {
    throw invalid('storage', "must be 'indexeddb', 'files', 'memory' or a storage space")
  }
  if (dir !== undefined && (typeof dir !== 'string' || dir === ''))
    throw invalid('dir', 'must be the path of a folder')
  if (dir !== undefined && storage !== undefined && storage !== 'files')
    throw invalid('dir', "goes with storage 'files' only")
  if (durability !== 'relaxed' && durability !== 'strict')
    throw invalid('durability', "must be 'relaxed' or 'strict'")
  const { autoCompact = AUTO_COMPACT, cacheBytes = CACHE_BYTES, compress = true } = options
  if (autoCompact !== false && !isCount(autoCompact))
    throw invalid('autoCompact', 'must be a whole number from 1, or false')
  if (!isCount(cacheBytes)) throw invalid('cacheBytes', 'must be a whole number of bytes, at least 1')
  if (typeof compress !== 'boolean') throw invalid('compress', 'must be true or false')
  return {
    name,
    key: key === undefined ? undefined : parseKey(key),
    storage,
    dir,
    durability,
    autoCompact: autoCompact === false ? Number.POSITIVE_INFINITY : autoCompact,
    cacheBytes,
    compress,
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

function isStorageChoice(storage: unknown): boolean {
  if (typeof storage !== 'object' || storage === null)
    return ['indexeddb', 'files', 'memory'].includes(storage as string)
  const { id, open, remove } = storage as Partial<StorageSpace>
  return typeof id === 'string' && typeof open === 'function' && typeof remove === 'function'
}

function invalid(option: string, rule: string): FirekeepError {
  return new FirekeepError('INVALID_OPTION', `option \`${option}\` ${rule}`, { details: { option } })
}
