import type { Database } from '../database/database.js'
import type { AnyDocument, Stored } from '../database/document-types.js'
import { onClosed } from '../database/on-closed.js'
import { FirekeepError } from '../errors.js'
import { delay } from '../primitives/delay.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'
import { requestId } from './request-id.js'
import { readSource } from './worker-settings.js'
import type { JobSource } from './worker-types.js'

export interface RequestOptions {
  /** The state of jobs to be done, as the worker has it. Default `please-run`. */
  readonly from?: JobSource
  /** The state of jobs that are done. Default `ran-ok`. */
  readonly done?: string
  /** The state of jobs that failed. Default `failed`. */
  readonly failed?: string
  /** Has the action run again, also where there is an answer; the earlier ones stay in the history. Default `false`. */
  readonly fresh?: boolean
  /** Fields of the job besides its input, such as its type; where the job is there already they are left out. */
  readonly fields?: AnyDocument
  /** Milliseconds after which the call rejects with `ABORTED`. The job stays. Default: none. */
  readonly timeout?: number
  /** Ends the waiting with `ABORTED`. The job stays. */
  readonly signal?: AbortSignal
}

/** What a request takes of a database. */
type RequestDatabase = Pick<Database<AnyDocument>, 'exportKey' | 'find' | 'subscribe' | 'transact'>

/**
 * Asks for something that a worker does, and resolves with the document of the job once it is done or failed: its state says
 * which. The same input is the same request on every device, whatever the order of its keys: it is answered from the
 * database, and the action does not run again. The input stands in the field `input` of the job.
 *
 * `NOT_FOUND` where somebody deletes the job meanwhile, `CLOSED` where the database is closed, `INVALID_DOCUMENT` for an input that cannot be stored,
 * `INVALID_OPTION` for a wrong option.
 *
 * @example
 * ```ts
 * const { state, result } = await request(db, { action: 'resize', width: 300, of: 'photo-7' })
 * ```
 */
export async function request<D extends object = AnyDocument>(
  db: Pick<Database<D>, 'exportKey' | 'find' | 'subscribe' | 'transact'>,
  input: unknown,
  options?: RequestOptions,
): Promise<Stored<D>> {
  const settings = readOptions(options)
  const any = db as unknown as RequestDatabase
  const id = await requestId(any, input)
  const waiting = new Waiting(any, id, settings)
  try {
    if (settings.isFresh) await beginAnew(any, { id, input, settings, waiting })
    else await any.transact(async tx => (await tx.find(id)) ?? tx.put(jobOf(id, input, settings)))
    return (await waiting.ended()) as Stored<D>
  } finally {
    waiting.close()
  }
}

interface Settings {
  readonly field: string
  readonly from: unknown
  readonly ends: readonly unknown[]
  readonly isFresh: boolean
  readonly fields: AnyDocument
  readonly timeout: number | undefined
  readonly signal: AbortSignal | undefined
}

interface Asked {
  readonly id: string
  readonly input: unknown
  readonly settings: Settings
  readonly waiting: Waiting
}

function jobOf(id: string, input: unknown, { field, from, fields }: Settings): AnyDocument {
  return { ...fields, _id: id, input, [field]: from }
}

/** What already runs began before it was asked for: it is waited for. What only waits is fresh enough. */
async function beginAnew(db: RequestDatabase, { id, input, settings, waiting }: Asked): Promise<void> {
  const { field, from, ends } = settings
  for (;;) {
    const isBegun = await db.transact(async tx => {
      const doc = await tx.find(id)
      if (doc !== undefined && doc[field] === from) return true
      if (doc !== undefined && !ends.includes(doc[field])) return false
      tx.put(jobOf(id, input, settings))
      return true
    })
    if (isBegun) return
    await waiting.ended()
  }
}

/** Waits for the end of one job, from the moment it is made. */
class Waiting {
  readonly #db: RequestDatabase
  readonly #id: string
  readonly #settings: Settings
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal

  constructor(db: RequestDatabase, id: string, settings: Settings) {
    this.#db = db
    this.#id = id
    this.#settings = settings
    const { signal, timeout } = settings
    if (timeout !== undefined) void delay(timeout, this.#stop.signal).then(() => this.#stop.abort())
    this.#signal = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal])
  }

  close(): void {
    this.#stop.abort()
  }

  async ended(): Promise<AnyDocument> {
    const { field, ends } = this.#settings
    return new Promise((resolve, reject) => {
      const look = async () => {
        const doc = await this.#db.find(this.#id)
        if (doc === undefined) throw new FirekeepError('NOT_FOUND', `job ${this.#id} was deleted`)
        return ends.includes(doc[field]) ? doc : undefined
      }
      const end = (settle: () => void) => {
        unsubscribe()
        unwatch()
        this.#signal.removeEventListener('abort', abort)
        settle()
      }
      const check = () => {
        look().then(
          doc => doc && end(() => resolve(doc)),
          error => end(() => reject(error)),
        )
      }
      const abort = () => end(() => reject(this.#aborted()))
      // The call on a closed handle says so itself.
      const unwatch = onClosed(this.#db, check)
      const unsubscribe = this.#db.subscribe(changes => {
        if (changes.some(({ _id }) => _id === this.#id)) check()
      })
      this.#signal.addEventListener('abort', abort)
      if (this.#signal.aborted) abort()
      else check()
    })
  }

  #aborted(): FirekeepError {
    const { signal, timeout } = this.#settings
    const why = signal?.aborted ? 'the call was aborted' : `no worker ended it within ${timeout} ms`
    return new FirekeepError('ABORTED', `${why}; job ${this.#id} stays`, {
      cause: signal?.reason,
      details: { id: this.#id },
    })
  }
}

function readOptions(options: unknown): Settings {
  const known = ['from', 'done', 'failed', 'fresh', 'fields', 'timeout', 'signal']
  const given = new CheckedOptions(options, known)
  const { field, value } = readSource(given.get('from') ?? 'please-run')
  const [signal, fields] = [given.get('signal'), given.get('fields') ?? {}]
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalidOption('signal', 'is an AbortSignal')
  if (typeof fields !== 'object' || fields === null) throw invalidOption('fields', 'are fields of the job')
  return {
    ...{ field, from: value, fields, signal },
    ends: [given.get('done') ?? 'ran-ok', given.get('failed') ?? 'failed'],
    isFresh: given.flag('fresh', false),
    timeout: given.has('timeout') ? given.count('timeout', 0) : undefined,
  }
}
