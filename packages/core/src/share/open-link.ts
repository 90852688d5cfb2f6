import { deriveFromKey } from '../crypto/secrets.js'
import type { Database } from '../database/database.js'
import { DatabaseHome } from '../database/database-home.js'
import type { AnyDocument } from '../database/document-types.js'
import type { Environment } from '../database/environment.js'
import { openDatabase } from '../database/firekeep.js'
import { type FirekeepOptions, parseOptions } from '../database/options.js'
import { resolvePlace } from '../database/place.js'
import { PLATFORM } from '../database/platform-environment.js'
import { assertSameDatabase } from '../database/sync/assert-same-database.js'
import { FirekeepError } from '../errors.js'
import type { KeyStore } from '../keys/key-store.js'
import type { RegistryEntry } from '../keys/registry-entry.js'
import { equalBytes, toBase32 } from '../primitives/bytes.js'
import { Mutex } from '../primitives/mutex.js'
import type { Remote } from '../protocol/remote.js'
import { invalidOption } from '../query/invalid-option.js'
import { httpRemote } from '../remotes/http-remote.js'
import { decodeLinkContent, type LinkContent } from './link-content.js'
import { assertSecure, parseServer, type ServerUrl } from './server-url.js'

/** As for `firekeep`, without `key`, which the link brings. */
export interface OpenLinkOptions extends Omit<FirekeepOptions, 'key'> {
  /**
   * The name to keep the database under, where this device does not have it yet. Default: `shared-` and the first 12
   * characters of its id, and those of a fork.
   */
  readonly name?: string
  /** Whether to attach the server of the link. Default `true`. */
  readonly attach?: boolean
  /** Makes the remote that is attached. Default: `httpRemote(server)`. */
  readonly remote?: (server: string) => Remote | Promise<Remote>
  /** Also for a server that is reached over plain http. */
  readonly allowInsecure?: boolean
}

/** Names are given one link after the other: one that is opened twice at once gets one name. */
const naming = new Mutex()

/**
 * Opens the database that a link leads to, and attaches its server. Works offline: what is there arrives later.
 *
 * The secret of the link is kept on this device, as that of a database made here is; later `firekeep(db.name)` does
 * the same without the link. A database that this device has already, under whatever name, is opened as it is: with
 * the same engine where it is open. A link to write gives the right to write to one that could only be read here, open
 * handles and other tabs included. A link to read takes no right away.
 *
 * `INVALID_OPTION` where the link is damaged or its secret belongs to another database; `UNSUPPORTED_FORMAT` where a
 * newer version made it; `DATABASE_MISMATCH` where `name` is another database on this device: the message tells the
 * ways out. In each case nothing is written. No error repeats the link.
 *
 * @example
 * ```ts
 * const db = await openLink<Task>(link, { name: 'todos of the team' })
 * const { permission } = await db.identity()
 * ```
 */
export function openLink<D extends object = AnyDocument>(
  link: string,
  options: OpenLinkOptions = {},
): Promise<Database<D>> {
  return openLinkedDatabase(link, options, PLATFORM)
}

/** As {@link openLink}, with what the engine takes from the platform as an argument. */
export async function openLinkedDatabase<D extends object = AnyDocument>(
  link: string,
  options: OpenLinkOptions,
  environment: Environment,
): Promise<Database<D>> {
  const { name: wanted, attach = true, remote = httpRemote, allowInsecure = false, ...rest } = options
  if (Object.hasOwn(rest, 'key')) throw invalidOption('key', 'has to be left out: the link brings the key')
  if (typeof attach !== 'boolean') throw invalidOption('attach', 'is true or false')
  if (typeof allowInsecure !== 'boolean') throw invalidOption('allowInsecure', 'is true or false')
  if (typeof remote !== 'function') throw invalidOption('remote', 'is a function that makes a remote')
  const place = resolvePlace(parseOptions(wanted ?? 'any', rest))
  const content = decodeLinkContent(link)
  assertSecure(parseServer(content.server) as ServerUrl, allowInsecure)
  const lineageId = await verifySecret(content)
  const home = new DatabaseHome(place.open)
  const { secret, forkNonce } = content
  const keep = () => keepSecret(home, { lineageId, forkNonce, secret, wanted, mint: environment.random })
  const name = await naming.run(keep).finally(() => home.close())
  const db = openDatabase<D>(name, rest, environment)
  try {
    await assertOpened(db, lineageId, content)
    if (attach) db.attach(await remote(content.server))
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}

/** The id is made from the keys, so nobody can pass another database off under it. */
async function verifySecret({ secret, lineage }: LinkContent): Promise<string> {
  const secrets = await deriveFromKey(secret)
  if (equalBytes(secrets.lineage, lineage)) return secrets.lineageId
  throw new FirekeepError(
    'INVALID_OPTION',
    'the secret of this link is that of another database than the link names: do not trust who made it',
    { details: { option: 'link' } },
  )
}

interface Kept {
  readonly lineageId: string
  readonly forkNonce: Uint8Array | undefined
  readonly secret: Uint8Array
  readonly wanted: string | undefined
  readonly mint: Environment['random']
}

/** Answers the name that the database has on this device from now on. */
async function keepSecret(home: DatabaseHome, kept: Kept): Promise<string> {
  const { lineageId, forkNonce, secret, mint } = kept
  const keys = await home.keys()
  const name = await chooseName(keys, kept)
  if ((await keys.find(name)) === undefined) await home.assertKeysAreThere()
  const { lineageId: found, fork } = await keys.keep(name, secret, mint, forkNonce)
  assertSameDatabase(lineageId, { lineageId: found, fork: forkName(fork?.nonce) }, name, forkName(forkNonce))
  return name
}

async function chooseName(keys: KeyStore, { lineageId, forkNonce, wanted }: Kept): Promise<string> {
  const isSame = ({ fork }: RegistryEntry) => forkName(fork?.nonce) === forkName(forkNonce)
  const names = (await keys.findLineage(lineageId)).filter(isSame).map(({ name }) => name)
  if (wanted !== undefined && names.includes(wanted)) return wanted
  const fork = forkNonce === undefined ? '' : `-${forkName(forkNonce).slice(0, 12)}`
  return names[0] ?? wanted ?? `shared-${lineageId.slice(0, 12)}${fork}`
}

function forkName(nonce: Uint8Array | undefined): string {
  return nonce === undefined ? '' : toBase32(nonce)
}

/** What is open under the name has been opened by somebody else, maybe, and with other options. */
async function assertOpened(
  db: Pick<Database, 'name' | 'identity'>,
  lineageId: string,
  { permission, forkNonce }: Pick<LinkContent, 'permission' | 'forkNonce'>,
): Promise<void> {
  const identity = await db.identity()
  const { database, fork = '' } = identity
  assertSameDatabase(lineageId, { lineageId: database, fork }, db.name, forkName(forkNonce))
  if (permission === 'read' || identity.permission === 'write') return
  throw new FirekeepError(
    'INVALID_OPTION',
    `database ${JSON.stringify(db.name)} is open with a \`key\` that lets one read only; close it before the link is opened`,
    { details: { option: 'key' } },
  )
}
