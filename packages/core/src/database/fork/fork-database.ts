import { parseCid } from '../../codec/cid.js'
import { assertName } from '../../codec/name.js'
import { FirekeepError, hasErrorCode } from '../../errors.js'
import { storeFork } from '../../fork/store-fork.js'
import { FORK_NONCE_BYTES, type RegistryEntry } from '../../keys/registry-entry.js'
import { recordScope } from '../../packs/record-scope.js'
import { equalBytes } from '../../primitives/bytes.js'
import { platformPace } from '../../primitives/platform-pace.js'
import { readAsOf } from '../../query/as-of.js'
import { CheckedOptions } from '../../query/checked-options.js'
import { resolveClock } from '../../state/versions.js'
import type { StorageEntry } from '../../storage/storage.js'
import { START_PREFIX } from '../../sync/snapshot/remote-start.js'
import type { Database } from '../database.js'
import type { AnyDocument } from '../document-types.js'
import type { Engine } from '../engine.js'
import { engineOf } from '../engine-of.js'
import { nameTaken } from '../name-taken.js'
import { loadMissingPacks } from '../sync/load-missing-packs.js'
import { forkReadable } from './fork-readable.js'

/**
 * Makes a fork and opens it. Its entry comes first, then its records in one step: who is killed in between leaves a
 * name whose fork is not made, which refuses to open, and which the same call makes.
 */
export async function forkDatabase(
  engine: Engine,
  name: unknown,
  options: unknown,
): Promise<Database<AnyDocument>> {
  assertName(name)
  const asOf = new CheckedOptions(options, ['asOf']).has('asOf') ? readAsOf(options) : undefined
  if (name === engine.name) throw nameTaken(name)
  // What is wrong with the moment is told before anything is made.
  const isNow = await engine.read(async view => {
    const heads = asOf && (await resolveClock(view, asOf, parseCid))
    return (
      heads === undefined || String(heads.map(({ key }) => key)) === String(view.heads.map(({ key }) => key))
    )
  })
  if (await engine.isReadOnly()) return forkReadable(engine, name, asOf)
  await engine.mustGetStore()
  await loadMissingPacks(engine)
  await makeFork(engine, name, isNow ? undefined : asOf)
  const fork = engine.openSibling(name, { withKey: true }) as Database<AnyDocument>
  // It may have been open under this name before there was anything.
  await (await engineOf(fork).open()).ledger.refresh()
  return fork
}

async function makeFork(engine: Engine, name: string, asOf: readonly string[] | undefined): Promise<void> {
  const { ledger, compactor, compress, home } = await engine.open()
  const keys = await home.keys()
  const base = await keys.find(engine.name)
  if (base === undefined) throw new FirekeepError('CLOSED', 'the database was removed')
  const nonce = engine.environment.random(FORK_NONCE_BYTES)
  const entry = await keys.addFork(name, base, nonce)
  const forkNonce = entry?.fork?.nonce
  if (forkNonce === undefined) throw nameTaken(name)
  const outcome = await storeFork({
    ledger,
    forkNonce,
    asOf,
    fold: () => compactor.compact(),
    loadPacks: () => loadMissingPacks(engine),
    puts: await startsOf(engine, base, forkNonce),
    compress,
    pace: platformPace,
  }).catch(async error => {
    // Where the outcome is not known the fork may be there; an entry of somebody else is his.
    const isOwn = equalBytes(forkNonce, nonce)
    if (isOwn && !hasErrorCode(error, 'STORAGE_FAILED')) await home.forget(name)
    throw error
  })
  if (outcome === 'taken') throw nameTaken(name)
  // Whoever removed the name meanwhile found nothing of the fork to remove.
  if ((await keys.find(name)) === undefined) await keys.addFork(name, base, forkNonce)
}

/**
 * What is known of snapshots of others that the base began with: as long as one is not proved, nobody publishes what
 * was built on it, the fork included.
 */
async function startsOf(
  engine: Engine,
  { fork }: RegistryEntry,
  forkNonce: Uint8Array,
): Promise<readonly StorageEntry[]> {
  const { storage } = await engine.mustGetStore()
  const starts = await storage.getAll(recordScope(fork?.nonce) + START_PREFIX)
  return starts.map(([, start], i) => [`${recordScope(forkNonce)}${START_PREFIX}base-${i}`, start])
}
