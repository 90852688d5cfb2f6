import type { AnyDocument } from '../database/document-types.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import { Backoff } from '../primitives/backoff.js'
import { Mutex } from '../primitives/mutex.js'
import type { Claim } from './claim-job.js'
import type { ClaimRecord } from './claim-record.js'
import type { JobDatabase } from './decide.js'
import { HeldJob, messageOf } from './held-job.js'
import type { JobEnvironment } from './job-environment.js'
import { contentOf } from './merge-edits.js'
import { ownsClaim } from './owns-claim.js'
import type { Slots } from './slots.js'
import type { WorkerSettings } from './worker-settings.js'

/** How it ended for the worker that had a job. */
export type Outcome = 'done' | 'failed' | 'lost' | 'released'

export interface JobRunParts {
  readonly db: JobDatabase
  readonly settings: WorkerSettings
  readonly environment: JobEnvironment
  readonly slots: Slots
  /** Fires when the worker takes no more: what does not run yet is given back. */
  readonly stopping: AbortSignal
  /** Fires when what runs is to end as well. */
  readonly aborted: AbortSignal
  /** Hears of each failed attempt that is repeated. */
  readonly onRetry: () => void
}

/** Does a job that was claimed, from the confirmation of the claim to the record of the result. */
export class JobRun {
  readonly #parts: JobRunParts
  readonly #job: HeldJob
  readonly #fence: number
  /** When that was last written which was found to count. */
  #confirmedAt = Number.NEGATIVE_INFINITY
  /** Fires when the job is another's. */
  readonly #lost = new AbortController()
  readonly #over = new AbortController()
  /** Each turn is confirmed before the next is written: one that skipped some would seem to stand above who took over. */
  readonly #turns = new Mutex()

  constructor(claim: Claim, parts: JobRunParts) {
    this.#parts = parts
    this.#job = new HeldJob(parts.db, parts.settings.spec, claim)
    this.#fence = claim.record.turn
  }

  /** Runs in a slot that is taken already, and leaves it free. */
  async run(): Promise<Outcome> {
    const { slots } = this.#parts
    let hasSlot = true
    try {
      const first = await this.#confirm(this.#parts.stopping)
      if (first !== 'owns') return first === 'lost' ? 'lost' : await this.#release()
      void this.#keepAlive()
      for (;;) {
        if (this.#parts.stopping.aborted) return await this.#release()
        const attempt = await this.#attempt()
        if (attempt.kind !== 'retry') return attempt.outcome
        slots.release()
        hasSlot = false
        const next = await this.#prepareRetry(attempt.failures)
        if (next !== 'owns') return next === 'lost' ? 'lost' : await this.#release()
        await slots.acquire()
        hasSlot = true
        // It waited for a place, and another may have taken the job meanwhile.
        if (this.#lost.signal.aborted) return 'lost'
      }
    } finally {
      this.#over.abort()
      if (hasSlot) slots.release()
    }
  }

  async #attempt(): Promise<Attempt> {
    const { settings, aborted } = this.#parts
    const { record, content } = this.#job.claim
    const { key: idempotencyKey, attempt } = record
    const signal = AbortSignal.any([this.#lost.signal, aborted])
    let made: unknown
    try {
      const job = await this.#document(content)
      made = await settings.run(job, { signal, attempt, idempotencyKey, fence: this.#fence })
    } catch (error) {
      return this.#failed(error)
    }
    try {
      return { kind: 'ended', outcome: await this.#finish({ ...NO_ERROR, ...patchOf(made) }, 'done') }
    } catch (error) {
      if (hasErrorCode(error, 'INVALID_DOCUMENT') || hasErrorCode(error, 'LIMIT_EXCEEDED'))
        return this.#failed(error)
      throw error
    }
  }

  async #failed(error: unknown): Promise<Attempt> {
    const { settings, aborted } = this.#parts
    if (this.#lost.signal.aborted) return { kind: 'ended', outcome: 'lost' }
    if (aborted.aborted) return { kind: 'ended', outcome: await this.#release() }
    const failures = this.#job.claim.record.failures + 1
    if (failures <= settings.retries) return { kind: 'retry', failures }
    return { kind: 'ended', outcome: await this.#finish({ error: messageOf(error) }, 'failed') }
  }

  /** The job as the action sees it: with attachments that can be loaded, without the claim. */
  async #document(content: AnyDocument): Promise<AnyDocument> {
    const { db, settings } = this.#parts
    const { id } = this.#job.claim
    const found = content._files === undefined ? undefined : await db.find(id)
    return { _id: id, ...structuredCloneOf(found === undefined ? content : contentOf(found, settings.spec)) }
  }

  async #finish(patch: AnyDocument, outcome: 'done' | 'failed'): Promise<Outcome> {
    const { settings, environment, aborted } = this.#parts
    const backoff = new Backoff()
    if (!(await this.#isStillOwned())) return 'lost'
    for (;;) {
      try {
        const written = await this.#job.finish(patch, settings.spec[outcome])
        return written === 'lost' ? 'lost' : outcome
      } catch (error) {
        // The action is done: it is not to run again because the storage refuses for now.
        if (!isPassing(error) || aborted.aborted) throw error
        settings.report(error as FirekeepError)
      }
      await environment.delay(backoff.next(environment.random), aborted)
    }
  }

  /** Who slept for longer than his lease asks again, where he can, before he writes over what somebody else did meanwhile. */
  async #isStillOwned(): Promise<boolean> {
    const { settings, environment, stopping } = this.#parts
    const { attachment, lease } = settings
    if (attachment?.status.state !== 'live' || environment.now() - this.#confirmedAt < lease) return true
    return (await this.#confirm(stopping)) !== 'lost'
  }

  /** Waits, then says that the job is begun once more. */
  async #prepareRetry(failures: number): Promise<Ownership> {
    const { settings, environment, stopping, onRetry } = this.#parts
    const signal = AbortSignal.any([stopping, this.#lost.signal])
    await environment.delay(settings.backoff(failures), signal)
    if (this.#lost.signal.aborted) return 'lost'
    if (stopping.aborted) return 'stopped'
    onRetry()
    const { attempt } = this.#job.claim.record
    return this.#renew(signal, { attempt: attempt + 1, failures })
  }

  async #release(): Promise<Outcome> {
    return (await this.#job.release()) === 'lost' ? 'lost' : 'released'
  }

  /** Renews the claim at half of its lease, as long as the job takes. */
  async #keepAlive(): Promise<void> {
    const { settings, environment } = this.#parts
    const { signal } = this.#over
    for (;;) {
      await environment.delay(settings.lease / 2, signal)
      if (signal.aborted) return
      try {
        if ((await this.#renew(signal)) !== 'owns') return
      } catch (error) {
        // What cannot be written now is tried again at the next time; a lease that ends is noticed then.
        if (hasErrorCode(error, 'CLOSED')) return
      }
    }
  }

  /** Writes the next turn, after the one before counts, and says whether it does. Waits no longer than until the signal fires. */
  async #renew(signal: AbortSignal, changes?: Partial<ClaimRecord>): Promise<Ownership> {
    let owns: Ownership = 'stopped'
    const work = this.#turns.run(async () => {
      if (signal.aborted || this.#lost.signal.aborted) return
      owns = (await this.#job.renew(changes)) === 'lost' ? 'lost' : await this.#confirm(signal)
      // Before the next turn is written: it would take the place of what the other one wrote.
      if (owns === 'lost') this.#lost.abort(lost())
    })
    await raced(work, signal)
    return this.#lost.signal.aborted ? 'lost' : owns
  }

  /** Whether the claim counts for all devices, once the remote has it and all before it was read. */
  async #confirm(stopping?: AbortSignal): Promise<Ownership> {
    const { db, settings, environment } = this.#parts
    const { attachment, spec } = settings
    if (attachment === undefined) {
      this.#job.confirmed(this.#job.claim.record.turn)
      return 'owns'
    }
    const since = environment.now()
    const signal = stopping === undefined ? this.#over.signal : AbortSignal.any([stopping, this.#over.signal])
    const backoff = new Backoff()
    while (!signal.aborted) {
      try {
        await raced(attachment.synced(), signal)
        if (signal.aborted) break
        const { claim } = this.#job
        const owns = await ownsClaim(claim, { db, spec, attachment })
        if (owns) this.#job.confirmed(claim.record.turn)
        if (owns) this.#confirmedAt = since
        if (owns !== undefined) return owns ? 'owns' : 'lost'
        // Another tab knows the log. Who else claimed it goes on, or nobody, and then the lease ends.
        if (attachment.status.role === 'follower') return 'lost'
      } catch (error) {
        if (hasErrorCode(error, 'CLOSED')) throw error
      }
      await environment.delay(backoff.next(environment.random), signal)
    }
    return 'stopped'
  }
}

function lost(): FirekeepError {
  return new FirekeepError('STALE', 'another worker has the job now, or an edit took it away')
}

/** Whether a claim counts; `stopped` where it was not found out. */
type Ownership = 'owns' | 'lost' | 'stopped'

/** What an earlier failure left. */
const NO_ERROR = { error: undefined }

type Attempt =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  | { readonly kind: 'retry'; readonly failures: number }

function patchOf(made: unknown): AnyDocument {
  const { _id, ...patch } = (made ?? {}) as AnyDocument
  return patch
}

/** What another try may mend. */
function isPassing(error: unknown): boolean {
  return (['STORAGE_FAILED', 'QUOTA_EXCEEDED', 'ABORTED'] as const).some(code => hasErrorCode(error, code))
}

/** Attachments have functions, so they are handed on as they are. */
function structuredCloneOf({ _files, ...content }: AnyDocument): AnyDocument {
  const copy = structuredClone(content)
  return _files === undefined ? copy : { ...copy, _files }
}

/** Waits no longer than until the signal fires; what is waited for goes on. */
function raced(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
