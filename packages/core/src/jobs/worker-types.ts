import type { AnyDocument, Draft, Stored } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import type { FirekeepError } from '../errors.js'

/** What `run` is told besides the job. */
export interface JobContext {
  /** Fires when the result is not wanted any more: the worker was aborted, or lost the job to another. */
  readonly signal: AbortSignal
  /** Counts from 1 how often the job was begun, by whomever. */
  readonly attempt: number
  /**
   * The same for every attempt at this job, on every device: hand it to whatever has the effect, so that it happens once
   * though the action may run again.
   */
  readonly idempotencyKey: string
  /** Greater for whoever takes the job over: what has the effect refuses those that come with a smaller one. */
  readonly fence: number
}

/** What is merged into the document of a job: a field that is `undefined` is removed, attachments are added by name. */
export type JobResult<D> = { readonly [F in keyof Draft<D>]?: Draft<D>[F] | undefined } | undefined

/** Where jobs stand: the state of those to be done, in the field `state` or another. */
export type JobSource = string | { readonly field: string; readonly value: string | number | boolean | null }

interface JobStates<D extends object> {
  /** Does one job. What it returns is merged into the document; what it throws makes the attempt a failed one. */
  readonly run: (
    job: Stored<D>,
    context: JobContext,
    // biome-ignore lint/suspicious/noConfusingVoidType: an action that returns nothing is one as well
  ) => JobResult<D> | void | Promise<JobResult<D> | void>
  /** The state of a job that is being done. Default `running`; with `select` the state is left as it is. */
  readonly running?: string
  /** The state of a job that is done. Default `ran-ok`; with `select` the state is left as it is. */
  readonly done?: string
  /** The state of a job that failed; its field `error` holds the message. Default `failed`; with `select` as it is. */
  readonly failed?: string
  /** Milliseconds after which others take over from a worker that shows no sign of life; he gives one at half of it. Default 60,000. */
  readonly lease?: number
  /** How many jobs run at once. Default 1. */
  readonly concurrency?: number
  /** How often a failed attempt is repeated. Default 3. */
  readonly retries?: number
  /** Milliseconds before a failed attempt is repeated. Default: 1 s, and twice as long each time, up to a minute. */
  readonly backoff?: (failures: number) => number
  /**
   * The remote by which workers on several devices agree who does a job: a worker runs what it claimed first there, and
   * takes nothing while it is not connected. Without it only the workers of one storage agree.
   */
  readonly attachment?: Attachment
  /** Runs jobs without a connection too: then two devices may both run one, with the same idempotency key. Default `false`. */
  readonly offline?: boolean
  /** The field in which workers keep who has the job. Default `jobClaim`. */
  readonly claimField?: string
  /** Ends the worker and aborts what it runs; those jobs go back to where they were. */
  readonly signal?: AbortSignal
  /** Hears of what a worker could not read or write. Default: an uncaught error. */
  readonly onError?: (error: FirekeepError) => void
}

export type WorkerOptions<D extends object = AnyDocument> = JobStates<D> &
  (
    | {
        /** The state of jobs to be done. Default `please-run`. */
        readonly from?: JobSource
        readonly select?: undefined
      }
    | {
        readonly from?: undefined
        /** Whether a document still lacks what `run` makes. Called for every document; it must be quick and throw nothing. */
        readonly select: (doc: Stored<D>) => boolean
      }
  )

export interface WorkerStats {
  /** Jobs that are claimed by this worker now. */
  readonly running: number
  /** Jobs that are known to wait. */
  readonly waiting: number
  readonly done: number
  readonly failed: number
  /** Failed attempts that were repeated. */
  readonly retried: number
  /** Jobs that another worker, or an edit, took away. */
  readonly lost: number
}

export interface Worker {
  /** Takes no more jobs; resolves when those that run are done. Idempotent. */
  stop(): Promise<void>
  /** Resolves when nothing is left to take, of what is stored here, and nothing runs. What other workers have does not count. */
  idle(): Promise<void>
  readonly stats: WorkerStats
}
