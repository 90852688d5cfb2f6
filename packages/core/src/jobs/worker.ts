import type { Database } from '../database/database.js'
import type { AnyDocument } from '../database/document-types.js'
import { PLATFORM } from './job-environment.js'
import { createJobWorker } from './job-worker.js'
import type { Worker, WorkerOptions } from './worker-types.js'

/** What a worker takes of a database. */
export type WorkerDatabase<D extends object> = Pick<
  Database<D>,
  'allDocs' | 'conflicts' | 'find' | 'history' | 'put' | 'query' | 'resolve' | 'subscribe'
>

/**
 * Does the jobs of a database: documents in a state such as `please-run`, those that are stored and those that come, here
 * or from other devices. Each is claimed by a commit, then `run` does it, and what it returns is merged into the document
 * in the step that says that it is done.
 *
 * Guarantees: the result of a job is recorded once, and a job whose result is stored never runs again. Of the workers of
 * one storage one has a job; of those of several devices, that share a remote given as `attachment`, the one whose claim
 * stands first in the remote's log. A job of a worker that died is taken over after the lease, measured by the
 * observer's own clock.
 *
 * Trap: a worker that dies between the effect of an action and the record of its result leaves a job that runs again, with
 * the same `idempotencyKey`. Whatever has the effect must take that key and do nothing the second time.
 *
 * `INVALID_OPTION` for a wrong option.
 *
 * @example
 * ```ts
 * const { stop } = worker(db, {
 *   from: 'please-run',
 *   run: async (job, { idempotencyKey }) => ({ result: await pay(job.amount, { idempotencyKey }) }),
 * })
 * ```
 */
export function worker<D extends object = AnyDocument>(
  db: WorkerDatabase<D>,
  options: WorkerOptions<D>,
): Worker {
  return createJobWorker(db as unknown as Database<AnyDocument>, options, PLATFORM)
}
