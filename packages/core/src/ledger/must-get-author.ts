import type { Author } from '../crypto/identity.js'
import { FirekeepError } from '../errors.js'
import type { LedgerStore } from './ledger.js'

/** Who signs here. `READ_ONLY` where there is no right to write. */
export function mustGetAuthor({ author }: Pick<LedgerStore, 'author'>): Author {
  if (author !== undefined) return author
  throw readOnly()
}

/** What every write of a database that one may only read is refused with. */
export function readOnly(): FirekeepError {
  return new FirekeepError(
    'READ_ONLY',
    'this database can only be read here: ask for a link that lets you write, or open it with its root key',
  )
}
