import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { packPackage } from '../../../scripts/package-checks.mjs'
import { ROOT } from '../../../scripts/workspace.mjs'

/**
 * Packs `create-firekeep` as it would be published and unpacks it; answers with the file that starts it.
 *
 * @param folder an empty one
 */
export async function packScaffolder(folder: string): Promise<string> {
  const archive = await packPackage('create-firekeep', join(folder, 'archive'))
  execFileSync('tar', ['-xzf', archive, '-C', folder])
  symlinkSync(
    join(ROOT, 'packages/create-firekeep/node_modules'),
    join(folder, 'package/node_modules'),
    'junction',
  )
  return join(folder, 'package/dist/main.js')
}
