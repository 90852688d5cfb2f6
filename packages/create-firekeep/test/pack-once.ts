import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { makeTemplates } from '../../../scripts/make-templates.mjs'
import { ROOT } from '../../../scripts/workspace.mjs'
import { packScaffolder } from './pack-scaffolder.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** The file that starts the packed and unpacked command. */
    readonly scaffolder: string
  }
}

/** Vitest calls it before all tests, and what it answers with after them. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'firekeep-create-'))
  project.provide('scaffolder', await packScaffolder(folder))
  return () => {
    rmSync(folder, { recursive: true, force: true })
    // A test may have packed other apps.
    makeTemplates({ into: join(ROOT, 'packages/create-firekeep/templates') })
  }
}
