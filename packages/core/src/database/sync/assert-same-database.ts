import type { DatabaseSecrets } from '../../crypto/secrets.js'
import { FirekeepError } from '../../errors.js'

/**
 * Throws `DATABASE_MISMATCH` unless the database under `name` on this device is the one with the lineage id
 * `expected`, as a link or an option `database` names it; with `fork` also, unless it is that fork of it.
 */
export function assertSameDatabase(
  expected: string,
  { lineageId, fork }: Pick<DatabaseSecrets, 'lineageId'> & { readonly fork?: string | undefined },
  name: string,
  expectedFork: string | undefined = fork,
): void {
  if (expected === lineageId && fork === expectedFork) return
  const quoted = JSON.stringify(name)
  throw new FirekeepError(
    'DATABASE_MISMATCH',
    `${quoted} on this device is another database than the one that was shared, though it may have the same name elsewhere. Open the link under another name, with openLink(link, { name }), and copy what you need from ${quoted} with allDocs and put; or, if nothing in ${quoted} is needed, call deleteDatabase(${quoted}) first`,
    { details: { name, expected, actual: lineageId } },
  )
}
