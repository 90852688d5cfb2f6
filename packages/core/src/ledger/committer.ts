import { FirekeepError, hasErrorCode } from '../errors.js'
import type { View } from '../state/view.js'
import { CommitChain, type PlannedOperation } from './commit-chain.js'
import type { Ledger, LedgerWriter } from './ledger.js'
import { mustGetAuthor, readOnly } from './must-get-author.js'
import { OwnVersions } from './own-versions.js'
import { type PlanContext, planOperation } from './plan-operation.js'
import { type SeenState, seenAt, seenIn } from './seen-state.js'
import type { WriteCall } from './write-call.js'

/** A group of calls is cut into successive commits at these sizes; one call may be larger. */
const GROUP_BYTES = 1024 * 1024
const GROUP_OPS = 1000

type Clock = readonly string[]

export interface CommitterParts {
  readonly ledger: Ledger
  /** The view right after the database was opened: what calls made before that saw. */
  readonly opened: View
  /** Milliseconds since 1970, for the time of commits. */
  readonly now: () => number
  /** Whether there is a right to write; of a database that does not exist yet, whether there would be. */
  readonly mayWrite: () => Promise<boolean>
}

/** Turns groups of calls into signed commits and appends them. */
export class Committer {
  readonly #parts: CommitterParts
  readonly #own = new OwnVersions()

  constructor(parts: CommitterParts) {
    this.#parts = parts
  }

  /** Called when calls are taken from the queue, before any of them is written. */
  beginRound(): void {
    // What is not settled yet may become part of the history in a later round, whose callers have not seen it.
    if (!this.#parts.ledger.isUnsettled) this.#own.beginRound()
  }

  /** Called when no call waits. */
  rest(): void {
    if (!this.#parts.ledger.isUnsettled) this.#own.clear()
  }

  /**
   * Makes one durable step of a group of calls: successive commits, cut where an id repeats and by size.
   * Answers the clock of each call's commit; calls that fail alone are handed to `fail` and left out.
   */
  write(
    calls: readonly WriteCall[],
    fail: (call: WriteCall, error: unknown) => void,
  ): Promise<Map<WriteCall, Clock>> {
    return this.#exclusive(writer => this.#write(writer, calls, fail))
  }

  /**
   * A write that is decided by what is stored, serial among all tabs and processes: `decide` gets the newest
   * view, and runs again when somebody else committed before its outcome was stored.
   */
  writeGuarded<T>(
    decide: (view: View) => Promise<{ call: WriteCall; result: T }>,
  ): Promise<{ clock: Clock; result: T }> {
    return this.#exclusive(async writer => {
      for (let misses = 0; ; ) {
        await writer.refresh()
        try {
          const { chain, result } = await this.#decide(writer, decide)
          if (await this.#appendGuarded(writer, chain)) return { clock: chain.clock, result }
        } catch (error) {
          // Another tab dropped a pack that was being read: once again on a newer view (L6).
          if (!hasErrorCode(error, 'BLOCK_MISSING') || misses++ > 0) throw error
        }
      }
    })
  }

  /** Refuses whoever may only read, before anything is made and before any function of a caller runs. */
  async #exclusive<T>(task: (writer: LedgerWriter) => Promise<T>): Promise<T> {
    const { ledger, mayWrite } = this.#parts
    if (ledger.store?.author === undefined && !(await mayWrite())) throw readOnly()
    return ledger.exclusive(writer => {
      // It may have been made meanwhile, by somebody who may only read.
      mustGetAuthor(writer.store)
      return task(writer)
    })
  }

  async #decide<T>(
    writer: LedgerWriter,
    decide: (view: View) => Promise<{ call: WriteCall; result: T }>,
  ): Promise<{ chain: CommitChain; result: T }> {
    const { call, result } = await decide(writer.view)
    throwIfWithdrawn(call)
    const chain = this.#chain(writer)
    await chain.add(await this.#plan(call, writer, chain))
    return { chain, result }
  }

  /** Answers `false`, with nothing written, when somebody else committed meanwhile. */
  async #appendGuarded(writer: LedgerWriter, chain: CommitChain): Promise<boolean> {
    if (chain.commits.length === 0) return true
    this.#own.note(chain.versionById)
    try {
      await writer.append(chain, { guarded: true, reserve: chain.isDeletion })
      return true
    } catch (error) {
      if (hasErrorCode(error, 'STALE')) return false
      throw error
    }
  }

  async #write(
    writer: LedgerWriter,
    calls: readonly WriteCall[],
    fail: (call: WriteCall, error: unknown) => void,
  ): Promise<Map<WriteCall, Clock>> {
    const chain = this.#chain(writer)
    const clockByCall = new Map<WriteCall, Clock>()
    let group = new CommitGroup()
    const flush = async () => {
      const { calls, planById } = group
      group = new CommitGroup()
      try {
        await chain.add([...planById.values()])
        const { clock } = chain
        for (const call of calls) clockByCall.set(call, clock)
      } catch (error) {
        for (const call of calls) fail(call, error)
      }
    }
    for (const call of calls) {
      if (!group.accepts(call)) await flush()
      try {
        throwIfWithdrawn(call)
        group.add(call, await this.#plan(call, writer, chain))
      } catch (error) {
        fail(call, error)
      }
    }
    await flush()
    this.#own.note(chain.versionById)
    if (chain.commits.length > 0) await writer.append(chain, { reserve: chain.isDeletion })
    return clockByCall
  }

  #chain({ view, store }: LedgerWriter): CommitChain {
    return new CommitChain(view, store, this.#parts.now())
  }

  async #plan(call: WriteCall, writer: LedgerWriter, chain: CommitChain): Promise<PlannedOperation[]> {
    const { heads } = call.seen ?? this.#parts.opened
    const ids = call.ops.map(op => op.id)
    try {
      const seen = seenIn(call.seen ?? this.#parts.opened, ids)
      return await this.#planOn(call, seen instanceof Promise ? await seen : seen, { writer, chain })
    } catch (error) {
      if (!hasErrorCode(error, 'BLOCK_MISSING')) throw error
      // Another tab dropped a pack of what the caller saw: its history tells the same on a newer view (L6).
      await writer.refresh()
      return this.#planOn(call, await seenAt(heads, ids, writer.view), { writer, chain })
    }
  }

  async #planOn(
    call: WriteCall,
    seen: SeenState,
    { writer: { view }, chain }: { readonly writer: LedgerWriter; readonly chain: CommitChain },
  ): Promise<PlannedOperation[]> {
    const context: PlanContext = {
      view,
      seen,
      ownVersion: id => chain.versionById.get(id) ?? this.#own.find(id, view),
    }
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

function throwIfWithdrawn({ signal }: WriteCall): void {
  if (signal?.aborted)
    throw new FirekeepError('ABORTED', 'the write was withdrawn before it was stored', {
      cause: signal.reason,
    })
}
