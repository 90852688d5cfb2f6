import type { CommitNode } from '../commits/ancestry.js'
import { FirekeepError, hasErrorCode } from '../errors.js'
import type { View } from '../state/view.js'
import { CommitChain, type PlannedOperation } from './commit-chain.js'
import type { Ledger, LedgerWriter } from './ledger.js'
import { planOperation } from './plan-operation.js'
import { createCall, type WriteCall, type WriteRequest } from './write-call.js'

/** A group of calls is cut into successive commits at these sizes; one call may be larger. */
const GROUP_BYTES = 1024 * 1024
const GROUP_OPS = 1000

type Clock = readonly string[]

interface WriteItem {
  readonly kind: 'write'
  readonly call: WriteCall
  readonly resolve: (clock: Clock) => void
  readonly reject: (error: unknown) => void
}

type Item = WriteItem | { readonly kind: 'exclusive'; readonly run: () => Promise<void> }

export interface WriteQueueParts {
  readonly ledger: Ledger
  /** Resolves with the view of the opened database; rejects while it cannot be opened. */
  readonly opened: () => Promise<View>
  /** Milliseconds since 1970, for the time of commits. */
  readonly now: () => number
}

/**
 * Takes the writing calls of one engine in the order they are issued (L9) and joins those that wait together
 * into one durable step (group commit). A call that fails does not take others with it, unless the storage
 * fails.
 */
export class WriteQueue {
  readonly #ledger: Ledger
  readonly #openDatabase: () => Promise<View>
  readonly #now: () => number
  readonly #lastById = new Map<string, WriteCall>()
  readonly #waiting: { readonly for: number; readonly resolve: () => void }[] = []
  #items: Item[] = []
  #isRunning = false
  #opened: View | undefined
  /** How many items were queued, and how many have their outcome. */
  #issued = 0
  #decided = 0

  constructor({ ledger, opened, now }: WriteQueueParts) {
    this.#ledger = ledger
    this.#openDatabase = opened
    this.#now = now
  }

  /** Resolves when everything issued so far has been decided; `undefined` when there is nothing to wait for. */
  get settled(): Promise<void> | undefined {
    if (this.#decided === this.#issued) return undefined
    return new Promise(resolve => this.#waiting.push({ for: this.#issued, resolve }))
  }

  /** Queues a write; resolves with the clock of its commit when it is durable. */
  write(request: WriteRequest): Promise<Clock> {
    const call = createCall(request, this.#opened && this.#ledger.view, this.#callsBehind(request))
    for (const { id } of request.ops) this.#lastById.set(id, call)
    if (call.failIfStale) {
      return this.guarded(async () => ({ call, result: undefined }))
        .then(({ clock }) => clock)
        .finally(() => this.#forget(call))
    }
    return new Promise<Clock>((resolve, reject) => this.#enqueue({ kind: 'write', call, resolve, reject }))
  }

  #callsBehind({ ops }: WriteRequest): Map<string, WriteCall> | undefined {
    if (this.#lastById.size === 0) return undefined
    const behind = new Map<string, WriteCall>()
    for (const { id } of ops) {
      const last = this.#lastById.get(id)
      if (last !== undefined) behind.set(id, last)
    }
    return behind
  }

  /**
   * Queues a write that is decided by what is stored, serial among all tabs and processes: `decide` gets the
   * newest view, and runs again when somebody else committed before its outcome was stored.
   */
  guarded<T>(
    decide: (view: View) => Promise<{ call: WriteCall; result: T }>,
  ): Promise<{ clock: Clock; result: T }> {
    return this.#exclusive(async writer => {
      for (;;) {
        await writer.refresh()
        const { call, result } = await decide(writer.view)
        const chain = this.#chain(writer)
        throwIfWithdrawn(call)
        const plans = await this.#plan(call, writer.view)
        if (plans.length === 0) return { clock: chain.clock, result }
        call.committed = await chain.add(plans)
        try {
          await writer.append(chain, { guarded: true })
          return { clock: chain.clock, result }
        } catch (error) {
          if (!hasErrorCode(error, 'STALE')) throw error
        }
      }
    })
  }

  #exclusive<T>(task: (writer: LedgerWriter) => Promise<T>): Promise<T> {
    const run = async () => {
      this.#opened ??= await this.#openDatabase()
      return this.#ledger.exclusive(task)
    }
    return new Promise((resolve, reject) =>
      this.#enqueue({ kind: 'exclusive', run: () => run().then(resolve, reject) }),
    )
  }

  #enqueue(item: Item): void {
    this.#items.push(item)
    this.#issued += 1
    if (this.#isRunning) return
    this.#isRunning = true
    queueMicrotask(() => this.#run())
  }

  #decide(count: number): void {
    this.#decided += count
    while (this.#waiting[0] !== undefined && this.#waiting[0].for <= this.#decided)
      this.#waiting.shift()?.resolve()
  }

  async #run(): Promise<void> {
    while (this.#items.length > 0) {
      const items = this.#items
      this.#items = []
      for (let at = 0; at < items.length; ) {
        const group = leadingWrites(items, at)
        if (group.length > 0) await this.#writeGroup(group)
        else await (items[at] as Extract<Item, { kind: 'exclusive' }>).run()
        at += Math.max(1, group.length)
        this.#decide(Math.max(1, group.length))
      }
    }
    this.#isRunning = false
  }

  async #writeGroup(items: readonly WriteItem[]): Promise<void> {
    const open = new Map(items.map(item => [item.call, item]))
    const fail = (call: WriteCall, error: unknown) => {
      open.get(call)?.reject(error)
      open.delete(call)
    }
    try {
      this.#opened ??= await this.#openDatabase()
      const clockByCall = await this.#ledger.exclusive(writer => this.#commit(writer, [...open.keys()], fail))
      for (const [call, item] of open) item.resolve(clockByCall.get(call) as Clock)
    } catch (error) {
      for (const call of open.keys()) fail(call, error)
    } finally {
      for (const { call } of items) this.#forget(call)
    }
  }

  #forget(call: WriteCall): void {
    for (const { id } of call.ops) if (this.#lastById.get(id) === call) this.#lastById.delete(id)
  }

  /** Turns calls into successive commits, cut where an id repeats and by size, and appends them as one step. */
  async #commit(
    writer: LedgerWriter,
    calls: readonly WriteCall[],
    fail: (call: WriteCall, error: unknown) => void,
  ): Promise<Map<WriteCall, Clock>> {
    const chain = this.#chain(writer)
    const clockByCall = new Map<WriteCall, Clock>()
    let group = new CommitGroup()
    const flush = async () => {
      const committed = group.planById.size > 0 ? await chain.add([...group.planById.values()]) : undefined
      for (const call of group.calls) {
        call.committed = committed
        clockByCall.set(call, chain.clock)
      }
      group = new CommitGroup()
    }
    for (const call of calls) {
      if (!group.accepts(call)) await flush()
      try {
        throwIfWithdrawn(call)
        group.add(call, await this.#plan(call, writer.view))
      } catch (error) {
        fail(call, error)
      }
    }
    await flush()
    const reserve = calls.every(call => call.ops.every(op => op.body === null))
    if (chain.commits.length > 0) await writer.append(chain, { reserve })
    return clockByCall
  }

  #chain({ view, store }: LedgerWriter): CommitChain {
    return new CommitChain(view, store, this.#now())
  }

  async #plan(call: WriteCall, view: View): Promise<PlannedOperation[]> {
    const opened = this.#opened ?? view
    const context = { view, opened, commitOf: (node: CommitNode) => this.#ledger.commitOf(node) }
    const plans: PlannedOperation[] = []
    for (const op of call.ops) {
      const plan = await planOperation(call, op, context)
      if (plan !== undefined) plans.push(plan)
    }
    return plans
  }
}

/** The calls that will be one commit. */
class CommitGroup {
  readonly calls: WriteCall[] = []
  readonly planById = new Map<string, PlannedOperation>()
  #size = 0

  accepts(call: WriteCall): boolean {
    if (this.calls.length === 0) return true
    if (this.#size + call.size > GROUP_BYTES || this.planById.size + call.ops.length > GROUP_OPS) return false
    return !call.ops.some(op => this.planById.has(op.id))
  }

  add(call: WriteCall, plans: readonly PlannedOperation[]): void {
    this.calls.push(call)
    this.#size += call.size
    for (const plan of plans) this.planById.set(plan.id, plan)
  }
}

function leadingWrites(items: readonly Item[], from: number): WriteItem[] {
  const writes: WriteItem[] = []
  for (let i = from; i < items.length; i++) {
    const item = items[i] as Item
    if (item.kind !== 'write') break
    writes.push(item)
  }
  return writes
}

function throwIfWithdrawn({ signal }: WriteCall): void {
  if (signal?.aborted)
    throw new FirekeepError('ABORTED', 'the write was withdrawn before it was stored', {
      cause: signal.reason,
    })
}
