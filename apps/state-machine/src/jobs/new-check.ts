import type { Stored } from '@firekeep/core'
import type { Application } from '../data/application.js'
import type { Job } from '../data/job.js'
import { randomId } from '../data/random-id.js'

/** Asks for a look into the register; a worker that sees it does the rest. */
export function newCheck({ _id, name, born }: Stored<Application>, at: number): Job & { _id: string } {
  return {
    _id: `job:${randomId()}`,
    type: 'job',
    state: 'please-run',
    kind: 'register-check',
    application: _id,
    name,
    born,
    at,
  }
}
