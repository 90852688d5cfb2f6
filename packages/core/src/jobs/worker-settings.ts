import type { AnyDocument } from '../database/document-types.js'
import type { Attachment } from '../database/sync/attach-types.js'
import type { FirekeepError } from '../errors.js'
import { reportUncaught } from '../primitives/emitter.js'
import { CheckedOptions } from '../query/checked-options.js'
import { invalidOption } from '../query/invalid-option.js'
import type { JobSpec } from './job-spec.js'
import type { JobContext } from './worker-types.js'

/** The options of a worker, checked and complete. */
export interface WorkerSettings {
  readonly spec: JobSpec
  readonly run: (job: AnyDocument, context: JobContext) => unknown
  readonly lease: number
  readonly concurrency: number
  readonly retries: number
  readonly backoff: (failures: number) => number
  /** What decides between devices; `undefined` where nothing has to. */
  readonly attachment: Attachment | undefined
  readonly signal: AbortSignal | undefined
  readonly report: (error: FirekeepError) => void
}

const KNOWN = [
  ...['from', 'select', 'running', 'done', 'failed', 'run', 'lease', 'concurrency', 'retries', 'backoff'],
  ...['offline', 'claimField', 'attachment', 'signal', 'onError'],
]
const LEASE = 60_000
const RETRIES = 3
const MOST_WAIT = 60_000

/** `INVALID_OPTION` names what is wrong. */
export function readWorkerSettings(options: unknown): WorkerSettings {
  const given = new CheckedOptions(options, KNOWN)
  const [run, attachment, signal] = [given.get('run'), given.get('attachment'), given.get('signal')]
  if (typeof run !== 'function') throw invalidOption('run', 'is the function that does a job')
  const isAttachment = typeof (attachment as Attachment | undefined)?.firstOf === 'function'
  if (attachment !== undefined && !isAttachment)
    throw invalidOption('attachment', 'is what `db.attach` returned')
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalidOption('signal', 'is an AbortSignal')
  const isOffline = given.flag('offline', false)
  return {
    spec: readSpec(given),
    run: run as WorkerSettings['run'],
    lease: atLeast(1, given, 'lease', LEASE),
    concurrency: atLeast(1, given, 'concurrency', 1),
    retries: given.count('retries', RETRIES),
    backoff: readFunction(given, 'backoff', failures => Math.min(MOST_WAIT, 1000 * 2 ** (failures - 1))),
    attachment: isOffline ? undefined : (attachment as Attachment | undefined),
    signal,
    report: safely(readFunction(given, 'onError', reportUncaught)),
  }
}

function readSpec(given: CheckedOptions): JobSpec {
  const claimField = readField(given.get('claimField') ?? 'jobClaim', 'claimField')
  const select = given.get('select')
  const states = ['running', 'done', 'failed'].map(option => readState(given, option))
  if (select === undefined) {
    const { field, value } = readSource(given.get('from') ?? 'please-run')
    const [running = 'running', done = 'ran-ok', failed = 'failed'] = states
    if (new Set([value, running, done, failed]).size < 4)
      throw invalidOption('from', 'and `running`, `done` and `failed` are four different states')
    return { field, claimField, from: value, select, running, done, failed }
  }
  if (typeof select !== 'function') throw invalidOption('select', 'is a function of a document')
  if (given.has('from')) throw invalidOption('from', 'does not go with `select`')
  const [running, done, failed] = states
  return { field: 'state', claimField, from: undefined, select: select as never, running, done, failed }
}

export function readSource(from: unknown): { readonly field: string; readonly value: unknown } {
  if (typeof from === 'string') return { field: 'state', value: from }
  const { field, value } = (from ?? {}) as Record<string, unknown>
  const isKey = value === null || ['string', 'number', 'boolean'].includes(typeof value)
  if (isKey) return { field: readField(field, 'from'), value }
  throw invalidOption('from', 'is a state, or { field, value }')
}

function readField(field: unknown, option: string): string {
  if (typeof field === 'string' && field !== '' && !field.startsWith('_') && !field.includes('.'))
    return field
  throw invalidOption(option, 'names a field of the document itself, without a dot and not beginning with _')
}

function readState(given: CheckedOptions, option: string): string | undefined {
  const state = given.get(option)
  if (state === undefined || (typeof state === 'string' && state !== '')) return state as string | undefined
  throw invalidOption(option, 'is the text of a state')
}

function atLeast(least: number, given: CheckedOptions, option: string, otherwise: number): number {
  const value = given.count(option, otherwise)
  if (value < least) throw invalidOption(option, `is at least ${least}`)
  return value
}

/** One who throws at being told of an error stops nothing. */
function safely(report: (error: FirekeepError) => void): (error: FirekeepError) => void {
  return error => {
    try {
      report(error)
    } catch (thrown) {
      reportUncaught(thrown)
    }
  }
}

function readFunction<F>(given: CheckedOptions, option: string, otherwise: F): F {
  const value = given.get(option) ?? otherwise
  if (typeof value !== 'function') throw invalidOption(option, 'is a function')
  return value as F
}
