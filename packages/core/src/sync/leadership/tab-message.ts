import { listOf, record, type Shape, text, wholeNumber } from '../../protocol/shape.js'

/**
 * What tabs tell one another. Another tab may run another version of the page: what has not exactly one of these
 * forms is ignored. `leading` keeps its form for ever, as a tab that is not heard loses its lock; what else it says
 * goes into `status`, which each version checks for itself.
 */
export type TabMessage =
  /** The sender leads. Sent twice a second, when the status changes, and when somebody asks. */
  | { readonly kind: 'leading'; readonly from: string; readonly revision: number; readonly status: unknown }
  /** Who leads? */
  | { readonly kind: 'ask'; readonly from: string }
  | { readonly kind: 'poke'; readonly from: string }
  | SyncQuestion
  | SyncAnswer

/** Asks the leader for a full sync. The same question may come again. */
export interface SyncQuestion {
  readonly kind: 'sync'
  readonly from: string
  /** Another one for each question of any tab. */
  readonly id: string
  readonly clock: readonly string[]
}

export interface SyncAnswer {
  readonly kind: 'synced'
  readonly from: string
  readonly id: string
  /** Why it failed; missing when it did not. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** The message, or `undefined` where the value is none. */
export function parseTabMessage(value: unknown): TabMessage | undefined {
  return SHAPES.some(shape => shape(value)) ? (value as TabMessage) : undefined
}

const MAX_HEADS = 100_000
const ID = text(64)
const anything: Shape = () => true

function messageOf(kind: TabMessage['kind'], fields: Record<string, Shape>, optional: string[] = []): Shape {
  return record({ kind: value => value === kind, from: ID, ...fields }, optional)
}

const SHAPES = [
  messageOf('leading', { revision: wholeNumber(), status: anything }),
  messageOf('ask', {}),
  messageOf('poke', {}),
  messageOf('sync', { id: ID, clock: listOf(text(256), MAX_HEADS) }),
  messageOf('synced', { id: ID, error: record({ code: text(64), message: text(100_000) }) }, ['error']),
]
