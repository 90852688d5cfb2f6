import { mayWrite, readSecretOf } from '../crypto/secrets.js'
import { FirekeepError } from '../errors.js'
import type { LedgerStore } from '../ledger/ledger.js'
import { toBase32, toBase64Url } from '../primitives/bytes.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'
import type { Identity } from './database.js'

/** Checks the options of `exportKey`; `undefined` stands for the right that one has. */
export function readExportOptions(options: unknown): 'read' | 'write' | undefined {
  const permission = new CheckedOptions(options, ['permission']).get('permission')
  if (permission === undefined || permission === 'read' || permission === 'write') return permission
  throw invalidOption('permission', "is 'read' or 'write'")
}

/** The secret that gives a right, as text. `FORBIDDEN` where it would give more than one has. */
export function exportedKey(
  { secrets }: Pick<LedgerStore, 'secrets'>,
  permission?: 'read' | 'write',
): string {
  if (mayWrite(secrets)) return toBase64Url(permission === 'read' ? readSecretOf(secrets) : secrets.root)
  if (permission !== 'write') return toBase64Url(readSecretOf(secrets))
  throw new FirekeepError(
    'FORBIDDEN',
    'this database can only be read here, so the right to write is not here to be given away: ask somebody who has it',
  )
}

/** Which database this is, and what one may do with it here. */
export function identityOf({
  secrets,
  author,
  forkNonce,
}: Pick<LedgerStore, 'secrets' | 'author' | 'forkNonce'>): Identity {
  return {
    database: secrets.lineageId,
    ...(forkNonce && { fork: toBase32(forkNonce) }),
    author: author && toBase64Url(author.publicKey),
    permission: author === undefined ? 'read' : 'write',
  }
}
