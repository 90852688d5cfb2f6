import { relative } from 'node:path'
import type { PackageManager } from './package-manager.js'

/** What is asked of `nextSteps`. */
export interface NextStepsOptions {
  /** Where the user is. */
  readonly current: string
  readonly folder: string
  readonly manager: PackageManager
  readonly isInstalled: boolean
}

/** What the user types next, a command a line. */
export function nextSteps({ current, folder, manager, isInstalled }: NextStepsOptions): readonly string[] {
  const path = relative(current, folder)
  return [
    ...(path === '' ? [] : [`cd ${quoted(path)}`]),
    ...(isInstalled ? [] : [manager.install]),
    manager.run('dev'),
  ]
}

function quoted(path: string): string {
  if (/^[\w./\\:@%+=-]+$/.test(path) && !path.startsWith('-')) return path
  return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", "'\\''")}'`
}
